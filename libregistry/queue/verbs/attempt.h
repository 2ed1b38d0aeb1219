#pragma once

#include <string>
#include <vector>

#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {

// What a lease costs that ends without completing its work, and whom. A site whose work was begun under it and is not
// complete: one attempt of the site. No site begun, and none completed: one attempt of the batch. Nothing else costs
// anything: a neighbour that never ran, work that could not be prepared, a lease that somebody gives back uncounted.
// Source: docs/claims-and-leases.md, "Attempts".

/// Says that work on sites of a claim begins now: an event of its own, "begin", without rows. Twice under one lease is
/// once (Answer::repeated). Refusals: those of authorize(), "not_claimed" for a site that was not given with the claim,
/// "invalid_transition" for one past the phase.
Result<Answer> begin(Draft& draft, Phase phase, const Target& target, const Caller& caller);

/// The same on the claim that `draft` holds, for those of `domains` that were given with it. False where there was
/// nothing to note.
bool note_begun(Draft& draft, const WorkKey& key, const std::vector<std::string>& domains);

/// The event of a call that did nothing else.
void describe_begin(Draft& draft, const Lease& lease);

/// A site of the batch is complete: nothing of it is remembered, nor the attempts of the batch.
void note_completion(Draft& draft, const WorkKey& key, const std::string& domain);

/// True while the site's work is begun, and neither complete nor given back.
bool is_begun(const Claim& claim, std::string_view domain);

/// One attempt of the site more; the last one that it has buries it.
void count_attempt(Draft& draft, const WorkKey& key, std::size_t site, const std::string& why);

/// One attempt of the batch more, for a claim that has ended; with the last one it is given up until somebody kicks it.
void count_attempt(Draft& draft, const WorkKey& key, const Claim& ended, const std::string& why);

/// True when the end of `claim` is an attempt of the batch: nothing was begun under it, and it was there to work.
bool ended_unbegun(const Claim& claim);

/// Buries one site: ready again, never given out.
void bury_site(Draft& draft, const WorkKey& key, std::size_t site, const std::string& why, const std::string& by);

}  // namespace smbatcher
