#pragma once

#include <chrono>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "tests/chaos/evidence.h"

namespace smbatcher::test {

struct RoundPlan {
  unsigned seed = 0;
  std::chrono::milliseconds length{0};
  std::string variant;      // tools of a broken build, and then nobody disturbs them
  bool small_disk = false;  // else some calls may not write large files
};

/// What was counted in one round, by name; and what must not be.
struct RoundResult {
  std::map<std::string, long> counts;
  std::vector<std::string> violations;
  std::string disk;      // how a full disk was made
  std::string evidence;  // the folder in which all that is known was kept; only of a round with violations
};

/// 64 agents on one queue, with everything that goes wrong: calls are killed, and stopped for longer than their lease
/// lasts; the disk is full for moments, or files may not grow; an editor saves; the lock file is removed. At its end
/// all that is quiet, what is left of the work is done by one owner, and the checker judges the whole life of the
/// queue.
RoundResult chaos_round(const RoundPlan& plan);

std::ostream& operator<<(std::ostream& out, const RoundResult& result);

}  // namespace smbatcher::test
