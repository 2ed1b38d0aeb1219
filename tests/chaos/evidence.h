#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"

namespace smbatcher::test {

/// One call as its caller saw it. Times are taken by the caller, right before the start and right after the end, so
/// that what the tool did lies in between.
struct Call {
  std::string owner;               // one of its own for every caller, who makes one call at a time
  std::vector<std::string> words;  // the tool's name, then its arguments
  std::int64_t start_ms = 0;       // CLOCK_BOOTTIME, as leases are judged
  std::int64_t end_ms = 0;
  std::int64_t wall_ms = 0;  // CLOCK_REALTIME at the start, as events are dated
  int status = 0;            // -1 when it was killed
  std::string out;

  /// What was answered as JSON; null where there was no answer.
  Json answer() const;
  /// Killed, or ended by a fault that leaves open whether the change is in place.
  bool outcome_is_unknown() const;
  /// Its answer did not fit on a full disk, or not all of it: it ends without its newline, with exit 2.
  bool is_cut() const { return status == 2 && !out.ends_with('\n'); }
  std::string name() const;  // for messages: who, what, when
};

/// What an editor wrote over the registry, who knows nothing of locks: the rows as they were when it read the file may
/// come back with it.
struct Save {
  std::int64_t wall_ms = 0;
  std::int64_t wall_end_ms = 0;
  std::map<std::string, std::string> statuses;  // by domain
};

/// Everything that is known of a queue's life. `registry` is its end, at rest.
struct Evidence {
  std::string begin;
  std::string registry;
  std::string history;
  std::vector<Call> calls;
  std::vector<Save> saves;
};

/// One JSON line for each: the log of the answers, as it is written down and read again, and that of the saves.
std::string to_lines(const std::vector<Call>& calls);
std::string to_lines(const std::vector<Save>& saves);
std::vector<Call> read_calls(std::string_view lines);

/// Domain and status of each row of the table that has them; a domain that is there twice is there twice.
std::vector<std::pair<std::string, std::string>> statuses_in(std::string_view registry);

}  // namespace smbatcher::test
