#pragma once

#include <string>
#include <vector>

#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {

/// The sites that a completion is about, with the claim checked: before files are looked at, without the lock.
/// Answer::sites are those whose files must pass; sites that show the result already are left out.
Result<Answer> completion_targets(Draft& draft, Phase phase, const Target& target, const Caller& caller);

/// In progress -> done, all or none. The holder may complete from any letter of the phase (git brought an older file
/// back). The lease ends when none of its own domains is unfinished. With nothing left to change the answer is the
/// same, Answer::repeated, for the caller that did it. Refusals: "held", "stale_claim", "not_claimed",
/// "invalid_transition".
Result<Answer> complete(Draft& draft, Phase phase, const Target& target, const Caller& caller);

/// D -> O: closes the designs of a batch; leaves no lease. Without a batch: the next one in order.
/// Refusals: "no_domains", "not_ready", "held".
Result<Answer> lock_batch(Draft& draft, const std::optional<std::string>& batch, const Caller& caller);

/// I -> Q: all of the domains named, or those of the batch that are at I. Refusals: "no_sites_to_mark",
/// "invalid_transition", "held".
Result<Answer> finish(Draft& draft, const Target& target, const Caller& caller);

/// The verb that a completion is called in the history: "design-complete", "implement-complete".
std::string completion_verb(Phase phase);

}  // namespace smbatcher
