#pragma once

#include <string>
#include <vector>

#include "libregistry/claims/draft.h"

namespace smbatcher {

/// What stands between a batch and being given out, in the order in which it is reported.
enum class Obstacle { kNone, kHeld, kDelayed, kDamaged, kBuried, kBehind, kDone };

/// A batch in a phase, as a claim sees it.
struct Candidate {
  WorkKey key;
  BatchState state = BatchState::kEmpty;  // buried and damaged sites left out
  Obstacle obstacle = Obstacle::kNone;    // kNone: it can be claimed now
  bool lapsed = false;                    // its lease has ended and nobody has taken the work
  std::vector<std::size_t> in_progress;   // at the phase's letter
  std::vector<std::size_t> takeable;      // ready (or to lock), not buried, not delayed
  milliseconds retry_after{0};            // until the obstacle may be gone; 0 when time does not help
};

Candidate examine(const Draft& draft, Phase phase, const std::string& batch);

/// All batches by priority (the lowest of its sites' first, none is last), then id.
std::vector<std::string> batches_in_order(const Draft& draft);

}  // namespace smbatcher
