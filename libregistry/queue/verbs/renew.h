#pragma once

#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {

/// What a renewal does.
enum class Renewal {
  kRenew,
  kCheck,          // says whether the claim is still the caller's, and changes nothing
  kCheckAndRenew,  // renews what kCheck has found to be the caller's: one claim, not all that an owner holds
};

/// A heartbeat: the lease of the target, or of all that a named owner holds, runs its full length again. Written to the
/// claim file only. A lease that has lapsed and that nobody took can still be renewed (Answer::late).
/// Refusals: "stale_claim", "not_claimed", "held".
Result<Answer> renew_claims(Draft& draft, std::optional<Phase> phase, const Target& target, const Caller& caller);

/// Is it still the caller's? For use right before work and right before a push. Answer::lease is the lease.
Result<Answer> check_claim(Draft& draft, std::optional<Phase> phase, const Target& target, const Caller& caller);

/// The key that a caller means: by phase where it is named, else by the token, else the phase in which the batch is
/// claimed. Errors: those of batch_of_target.
Result<WorkKey> claimed_key(const Draft& draft, std::optional<Phase> phase, const Target& target, const Caller& caller);

}  // namespace smbatcher
