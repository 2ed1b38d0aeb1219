#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/queue/verbs/draft.h"

namespace smbatcher {

/// Who calls, and by what right.
struct Caller {
  std::optional<Token> token;
  std::optional<std::string> owner;  // only when it was named; a call without an owner is a person's
  bool force = false;                // with `why`
  std::string why;

  /// For the history: the owner, else "somebody".
  std::string name() const { return owner.value_or("somebody"); }
};

/// Which work a verb is about: a batch, some of its domains, or the lease of the caller's token.
struct Target {
  std::optional<std::string> batch;
  std::vector<std::string> domains;
};

enum class Need {
  kHolder,   // a named owner must hold the lease: complete, release, heartbeat
  kNoOther,  // nobody else may hold it: lock, bury, finish
};

struct Authority {
  std::optional<Claim> claim;  // the claim the caller acts under
  bool late = false;           // it had lapsed
  bool forced = false;
};

/// kMalformed "newer_format" where the claim file of `key` was written by a newer smbatcher: the work is held back.
Result<void> check_not_newer(const Draft& draft, const WorkKey& key);

/// Who may write. The right token suffices. Without one a named owner must hold the lease, and a person may change work
/// that nobody holds; `force` overrides. Source: docs/claims-and-leases.md, "Who may write".
/// Errors, all kRefused: "held:<owner>:<seconds left>", "stale_claim:<holder>", "not_claimed".
Result<Authority> authorize(const Draft& draft, const WorkKey& key, const Caller& caller, Need need);

/// True when `token` may take the work again under a new one: its claim went with the state, the work is in progress,
/// and nobody has claimed it since. Source: docs/claims-and-leases.md, "When the state is lost".
bool may_take_again(const Draft& draft, const WorkKey& key, Token token);

/// The refusal of work that somebody else holds; `claim` may be null for work in progress that has no lease yet.
Error held_by(const Draft& draft, const WorkKey& key, const Claim* claim);
Error stale_claim(const Draft& draft, const WorkKey& key, const Caller& caller);
Error not_claimed(const WorkKey& key);
Error invalid_transition(const std::string& domain, Status from, Status to);

/// Ends the claim on `key`, if any, with its attempts counted: sites, or the batch, that have used them up go back to
/// ready and are held back. Other rows stay as they are. `why` is kept as the reason of the attempt.
void end_claim(Draft& draft, const WorkKey& key, const std::string& why = {});

/// The sites of `domains`, in that order, each once. Errors: kNotFound "domain_not_found" with the nearest one;
/// kMalformed "damaged_row" at its line.
Result<std::vector<std::size_t>> find_sites(const Draft& draft, const std::vector<std::string>& domains);

/// The batch that `text` names; with a draft also one that is claimed and has no rows any more. kNotFound
/// "batch_not_found".
Result<std::string> find_batch(const Registry& registry, const std::string& text);
Result<std::string> find_batch(const Draft& draft, const std::string& text);

/// The one batch of `target`: its batch, or the one that all its domains are in, or the one of the caller's token.
/// Errors: as find_sites and find_batch; kUsage "invalid_argument" when the domains are in several batches or not in
/// the one named; kUsage "missing_argument" when nothing says which; kRefused "not_claimed" for a token nobody has.
Result<std::string> batch_of_target(const Draft& draft, std::optional<Phase> phase, const Target& target,
                                    const Caller& caller);

/// True when `domain` was given with the claim.
bool is_given(const Claim& claim, std::string_view domain);

/// The batch's sites, and those of the claim whose rows somebody has moved to another batch; damaged ones left out.
std::vector<std::size_t> members_and_given(const Draft& draft, const WorkKey& key, const Claim* claim);

/// Sites of the batch that are not damaged.
std::vector<std::size_t> members(const Draft& draft, std::string_view batch);

/// The status that stands for a batch: of its sites, buried and damaged ones left out, the least advanced. What
/// "status" means in FAIL:not_ready:<status>.
std::optional<Status> batch_status(const Draft& draft, Phase phase, const std::string& batch);

/// True when a lease over another batch has the site: somebody moved its row while it was held.
bool is_held_elsewhere(const Draft& draft, const WorkKey& key, std::size_t site);

/// Domains of `claim` whose rows have not reached the phase's done letter, rows that are absent included.
std::vector<std::string> unfinished(const Draft& draft, Phase phase, const Claim& claim);

/// True when `caller` made the change that touched the work last, with this verb: its answer may have been lost.
bool is_repeat_of_last(const Draft& draft, const WorkKey& key, const Caller& caller, const std::string& verb);

}  // namespace smbatcher
