#pragma once

#include <chrono>

#include "libregistry/claims/answer.h"
#include "libregistry/claims/work.h"

namespace smbatcher {

struct ReleaseRequest {
  std::optional<Phase> phase;
  Target target;
  std::chrono::seconds delay{0};  // not given out before
  bool count_attempt = true;      // false: the attempt that the claim counted is taken back
  bool growing_delay = false;     // `delay` for the first attempt, doubled with each further one, an hour at most
};

/// Gives work back: in progress -> ready, all or none. The lease ends when none of its domains is in progress any more;
/// sites whose attempts are used up are buried. Refusals: "held", "stale_claim", "not_claimed", "invalid_transition".
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
