#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "libregistry/queue/verbs/authority.h"
#include "libregistry/queue/verbs/draft.h"

namespace smbatcher {

/// What stands between a batch and being given out, in the order in which it is reported.
/// kGivenUp: so many claims ended before a site was begun that a person must look.
enum class Obstacle { kNone, kHeld, kDelayed, kDamaged, kBuried, kGivenUp, kBehind, kDone };
inline constexpr std::size_t kObstacleCount = 8;

/// A batch in a phase, as a claim sees it.
struct Candidate {
  WorkKey key;
  BatchState state = BatchState::kEmpty;  // buried and damaged sites left out
  Obstacle obstacle = Obstacle::kNone;    // kNone: it can be claimed now
  bool lapsed = false;                    // its lease has ended and nobody has taken the work
  milliseconds retry_after{0};            // until the obstacle may be gone; 0 when time does not help
};

/// What its rows show; damaged ones left out.
StatusSet statuses_of(const Draft& draft, const Batch& batch);

/// Reads no claim file where a glance tells enough: most batches of a long queue are held, or done.
Candidate examine(const Draft& draft, Phase phase, const Batch& batch);
/// The same for an id; one that is not in the registry is empty.
Candidate examine(const Draft& draft, Phase phase, std::string_view batch);

/// Only how far it is.
BatchState state_of(const Draft& draft, Phase phase, const Batch& batch);

/// Its sites at the phase's letter, buried ones left out.
std::vector<std::size_t> sites_in_progress(const Draft& draft, const WorkKey& key);
/// What a claim of the batch would move: ready (or to lock), not buried, not delayed.
std::vector<std::size_t> takeable_sites(const Draft& draft, const Candidate& candidate);

/// The numbers of all batches in Registry::batches(), by priority (the lowest of its sites' first, none is last), then
/// id.
std::vector<std::uint32_t> batches_in_order(const Draft& draft);

}  // namespace smbatcher
