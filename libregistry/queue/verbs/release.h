#pragma once

#include <chrono>

#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {

struct ReleaseRequest {
  std::optional<Phase> phase;
  Target target;
  std::optional<std::chrono::seconds> delay;  // not given out before; absent: Policy::retry where an attempt is counted
  bool count_attempt = true;                  // false: it costs neither site nor batch anything
};

/// Gives work back: in progress -> ready, all or none. The lease ends when none of its domains is in progress any more.
/// What was begun costs its site an attempt, with Caller::why as its reason; a lease that ends with nothing begun costs
/// one of the batch. A repeat that asks for another delay than the first call gets it, as long as nobody has taken the
/// work since. Refusals: "held", "stale_claim", "not_claimed", "invalid_transition".
Result<Answer> release(Draft& draft, const ReleaseRequest& request, const Caller& caller);

struct ReapRequest {
  std::optional<Phase> phase;
  std::optional<std::string> batch;  // just this one; with Caller::force also a live lease
  bool unclaimed = false;            // also work in progress that nobody claimed through us
};

/// Returns work whose lease has lapsed to ready, and ends such leases over ready rows. Answer::batches are those
/// returned. Refusals: "held" for a live one named without force.
Result<Answer> reap(Draft& draft, const ReapRequest& request, const Caller& caller);

}  // namespace smbatcher
