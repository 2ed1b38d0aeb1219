#pragma once

#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {

/// Holds sites back: ready again, never given out, left out of their batch's status. Refusals: "held" under somebody
/// else's live lease, "not_in_phase" for a site that no phase can claim (-, I, Q).
Result<Answer> bury(Draft& draft, const Target& target, const Caller& caller);

/// Takes sites up again that are buried or delayed, with no attempts and no delay; a whole batch also where it was
/// given up. Refusal: "not_buried".
Result<Answer> kick(Draft& draft, const Target& target, const Caller& caller);

/// Work that was not good enough, a step back: Q -> O, I -> O, O -> D, D -> B, B -> - (which leaves the batch). A
/// repeat with the same reason is answered without stepping back again. Refusals: "held" while a lease over a site is
/// live, "invalid_transition", "nothing_to_reopen".
Result<Answer> reopen(Draft& draft, const Target& target, const Caller& caller);

}  // namespace smbatcher
