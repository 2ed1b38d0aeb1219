#include "libregistry/queue/verbs/authority.h"

#include <algorithm>
#include <set>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"
#include "libregistry/queue/verbs/absent_rows.h"
#include "libregistry/queue/verbs/attempt.h"

namespace smbatcher {
namespace {

std::string work_name(const WorkKey& key) {
  return "batch '" + key.batch + "' (" + std::string(rule_of(key.phase).name) + ")";
}

/// The latest tokens are known one by one; of older ones nobody knows any more whose they were.
bool may_have_held(const WorkRecord* record, Token token) {
  if (record == nullptr || token > record->last_token) {
    return false;
  }
  const bool all_known = record->past.size() < kMostPastTokens;
  return token == record->last_token ||
         std::find(record->past.begin(), record->past.end(), token) != record->past.end() ||
         (!all_known && token < record->past.front());
}

std::string take_again(const std::string& phase, const std::string& batch, Token token) {
  return "smbatcher find-next --phase " + phase + " --claim --batch " + batch + " --token " + std::to_string(token);
}

Error went_with_the_state(const Draft& draft, const WorkKey& key, const Claim* claim, Token token) {
  Error error = claim == nullptr ? not_claimed(key) : stale_claim(draft, key, {token, std::nullopt, false, {}});
  error.message = "the claim of token " + std::to_string(token) + " on " + work_name(key) +
                  " went with the state of this registry, which was deleted; take it again: " +
                  take_again(std::string(rule_of(key.phase).name), key.batch, token);
  return error;
}

std::optional<Error> check_token(const Draft& draft, const WorkKey& key, const Caller& caller, const Claim* claim) {
  if (claim != nullptr && claim->is_shown_by(*caller.token)) {
    return std::nullopt;
  }
  if (may_take_again(draft, key, *caller.token)) {
    return went_with_the_state(draft, key, claim, *caller.token);
  }
  const WorkRecord* record = draft.record(key);
  if (claim != nullptr ||
      (record != nullptr && *caller.token <= record->last_token &&
       !(record->last && record->last->token == *caller.token && record->last->verb.ends_with("complete")))) {
    return stale_claim(draft, key, caller);
  }
  return not_claimed(key);
}

}  // namespace

Result<void> check_not_newer(const Draft& draft, const WorkKey& key) {
  (void)draft.record(key);  // a claim file that is newer since the index was written makes the call begin anew
  if (draft.state().held_back.contains(key)) {
    return fail(malformed("newer_format", "claims/" + key.name() + ".json",
                          "the claim on " + work_name(key) + " was written by a newer smbatcher: upgrade this one"));
  }
  return {};
}

bool may_take_again(const Draft& draft, const WorkKey& key, Token token) {
  const Claim* claim = draft.claim(key);
  if (!draft.may_be_of_lost_state(key, token) || (claim != nullptr && claim->lease.owner != kUnknownOwner)) {
    return false;
  }
  const auto sites = members(draft, key.batch);
  return std::any_of(sites.begin(), sites.end(), [&](std::size_t site) {
    return draft.status(site) == rule_of(key.phase).in_progress && !is_held_elsewhere(draft, key, site);
  });
}

Result<Authority> authorize(const Draft& draft, const WorkKey& key, const Caller& caller, Need need) {
  SMB_TRY(check_not_newer(draft, key));
  const Claim* claim = draft.claim(key);
  const bool live = claim != nullptr && draft.live(claim->lease);
  const auto granted = [&](bool forced) {
    return Authority{claim == nullptr ? std::nullopt : std::optional(*claim), claim != nullptr && !live, forced};
  };
  if (caller.token) {
    const auto refusal = check_token(draft, key, caller, claim);
    if (!refusal) {
      return granted(false);
    }
    return caller.force ? Result<Authority>(granted(true)) : fail(*refusal);
  }
  if (claim != nullptr && caller.owner == claim->lease.owner) {
    return granted(false);
  }
  if (caller.force) {
    return granted(true);
  }
  const bool held = live && claim->lease.owner != kUnknownOwner;
  if (held) {
    return fail(held_by(draft, key, claim));
  }
  if (caller.owner && need == Need::kHolder) {
    Error error = not_claimed(key);
    if (live) {
      error.message = work_name(key) + " was found in progress without a claim: smbatcher reap --unclaimed --batch " +
                      key.batch + " returns it to ready, then claim it";
    }
    return fail(std::move(error));
  }
  return Authority{claim == nullptr ? std::nullopt : std::optional(*claim), false, false};
}

Error held_by(const Draft& draft, const WorkKey& key, const Claim* claim) {
  const std::string owner = claim == nullptr ? kUnknownOwner : claim->lease.owner;
  const auto left = claim == nullptr ? draft.policy().lease : draft.left(claim->lease);
  const WallTime expires = claim == nullptr ? draft.now().wall + left : claim->lease.expires.wall;
  Error error =
      refused("held", owner + ":" + std::to_string(left.count()),
              work_name(key) + " is held by '" + owner + "' for another " + describe_duration(left) +
                  (owner == kUnknownOwner ? ": nobody claimed it through smbatcher; reap --unclaimed returns it"
                                          : "; take other work, or pass the token of that claim"))
          .with("batch", key.batch)
          .with("owner", owner)
          .with("expires_at", format_time(expires));
  error.retry_after = left;
  return error;
}

Error stale_claim(const Draft& draft, const WorkKey& key, const Caller& caller) {
  const Claim* claim = draft.claim(key);
  const std::string holder = claim == nullptr ? "nobody" : claim->lease.owner;
  const std::string token = "token " + std::to_string(caller.token.value_or(0));
  const std::string with = ", which is with '" + holder + "' now: ";
  const Token shown = caller.token.value_or(0);
  const bool held_it = may_have_held(draft.record(key), shown) || draft.may_be_of_lost_state(key, shown);
  return refused("stale_claim", holder,
                 held_it ? token + " no longer holds " + work_name(key) + with + "stop this work and claim again"
                         : token + " was never given for " + work_name(key) + with +
                               "use the token that your claim printed, or claim it: smbatcher find-next --phase " +
                               std::string(rule_of(key.phase).name) + " --batch " + key.batch + " --claim")
      .with("batch", key.batch)
      .with("holder", holder);
}

Error not_claimed(const WorkKey& key) {
  return refused("not_claimed", key.batch,
                 "there is no claim on " + work_name(key) +
                     " for this caller; claim it first: smbatcher find-next --phase " +
                     std::string(rule_of(key.phase).name) + " --batch " + key.batch + " --claim")
      .with("batch", key.batch);
}

Error invalid_transition(const std::string& domain, Status from, Status to) {
  return refused("invalid_transition", domain + " " + letter(from) + " -> " + letter(to),
                 "the statuses go - B d D O i I Q, one step at a time")
      .with("domain", domain)
      .with("from", std::string(1, letter(from)))
      .with("to", std::string(1, letter(to)));
}

void end_claim(Draft& draft, const WorkKey& key, const std::string& why) {
  const Claim* found = draft.claim(key);
  if (found == nullptr) {
    return;
  }
  const Claim claim = *found;
  const std::string reason = why.empty() ? "the lease of '" + claim.lease.owner + "' ended" : why;
  draft.edit(key).claim.reset();
  bool any_unfinished = false;
  for (const std::string& domain : claim.domains) {
    const auto site = draft.registry().index_of(domain);
    const bool unfinished_here = site && !draft.site(*site).damaged && draft.site(*site).batch == key.batch &&
                                 draft.status(*site) < rule_of(key.phase).done;
    any_unfinished = any_unfinished || unfinished_here;
    if (unfinished_here && is_begun(claim, domain)) {
      count_attempt(draft, key, *site, reason);
    }
  }
  if (any_unfinished && ended_unbegun(claim)) {
    count_attempt(draft, key, claim, reason);
  }
}

Result<std::vector<std::size_t>> find_sites(const Draft& draft, const std::vector<std::string>& domains) {
  std::vector<std::size_t> sites;
  std::set<std::size_t> seen;
  for (const std::string& domain : domains) {
    const auto index = draft.registry().index_of(domain);
    if (!index) {
      for (const PhaseRule& rule : kPhases) {
        if (const auto key = draft.leased_in(rule.phase, to_lower(domain))) {
          return fail(rows_missing(draft, *key, {to_lower(domain)}));
        }
      }
      std::vector<std::string> known;
      for (const Site& site : draft.registry().sites()) {
        known.emplace_back(site.domain);
      }
      const std::string near = nearest(to_lower(domain), known);
      Error error = not_found("domain_not_found", "'" + domain + "' is not in the registry" +
                                                      (near.empty() ? "" : "; did you mean '" + near + "'?"))
                        .with("domain", domain);
      error.subject = domain;
      return fail(std::move(error));
    }
    const Site& site = draft.site(*index);
    if (site.damaged) {
      return fail(damaged_row(draft.registry(), site));
    }
    if (seen.insert(*index).second) {
      sites.push_back(*index);
    }
  }
  return sites;
}

Result<std::string> find_batch(const Draft& draft, const std::string& text) {
  if (const auto batch = draft.registry().resolve_batch(text)) {
    return *batch;
  }
  // A claim outlives its rows: git may have checked out another branch, or an editor have lost them.
  if (draft.has_claim(Phase::kDesign, text) || draft.has_claim(Phase::kImplement, text)) {
    return text;
  }
  for (const WorkKey& key : draft.claimed_with_fewer_rows()) {
    if (same_batch_value(key.batch, text)) {
      return key.batch;
    }
  }
  return find_batch(draft.registry(), text);
}

Result<std::string> find_batch(const Registry& registry, const std::string& text) {
  if (const auto batch = registry.resolve_batch(text)) {
    return *batch;
  }
  std::vector<std::string> known;
  for (const auto& [id, sites] : registry.batches()) {
    known.emplace_back(id);
  }
  const std::string near = nearest(text, known);
  return fail(not_found("batch_not_found",
                        "no site is in batch '" + text + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"))
                  .with("batch", text));
}

Result<std::string> batch_of_target(const Draft& draft, std::optional<Phase> phase, const Target& target,
                                    const Caller& caller) {
  std::optional<std::string> batch;
  if (target.batch) {
    SMB_TRY_ASSIGN(batch, find_batch(draft, *target.batch));
  }
  SMB_TRY_ASSIGN(const auto sites, find_sites(draft, target.domains));
  if (caller.token && !batch && !sites.empty()) {
    // What was given with the claim stays its own, also when somebody has moved the row to another batch.
    const auto key = draft.key_of(*caller.token, phase);
    const Claim* claim = key ? draft.claim(*key) : nullptr;
    if (claim != nullptr && std::all_of(sites.begin(), sites.end(),
                                        [&](std::size_t site) { return is_given(*claim, draft.site(site).domain); })) {
      return key->batch;
    }
  }
  for (const std::size_t index : sites) {
    const Site& site = draft.site(index);
    if (site.batch.empty()) {
      return fail(invalid_transition(site.domain, site.status, phase ? rule_of(*phase).in_progress : Status::kBatched));
    }
    if (batch && *batch != site.batch) {
      return fail(usage_error("invalid_argument", "'" + site.domain + "' is in batch '" + site.batch + "', not in '" +
                                                      *batch + "': name the domains of one batch in a call"));
    }
    batch = site.batch;
  }
  if (batch) {
    return *batch;
  }
  if (!caller.token) {
    return fail(usage_error("missing_argument", "name the work: --batch ID, domains, or --token N"));
  }
  if (const auto key = draft.key_of(*caller.token, phase)) {
    return key->batch;
  }
  std::string message = "there is no claim with token " + std::to_string(*caller.token);
  const auto& all = draft.registry().sites();
  const bool is_of_work_left = std::any_of(all.begin(), all.end(), [&](const Site& site) {
    return std::any_of(kPhases.begin(), kPhases.end(), [&](const PhaseRule& rule) {
      return site.status == rule.in_progress && (!phase || *phase == rule.phase) &&
             may_take_again(draft, {rule.phase, std::string(site.batch)}, *caller.token);
    });
  });
  if (is_of_work_left) {
    message += ": it went with the state of this registry, which was deleted; take the work again: " +
               take_again(phase ? std::string(rule_of(*phase).name) : "PHASE", "ID", *caller.token);
  }
  return fail(refused("not_claimed", "", std::move(message)));
}

bool is_given(const Claim& claim, std::string_view domain) {
  return std::find(claim.domains.begin(), claim.domains.end(), domain) != claim.domains.end();
}

std::vector<std::size_t> members_and_given(const Draft& draft, const WorkKey& key, const Claim* claim) {
  std::vector<std::size_t> sites = members(draft, key.batch);
  for (const std::string& domain : claim == nullptr ? std::vector<std::string>() : claim->domains) {
    const auto site = draft.registry().index_of(domain);
    if (site && !draft.site(*site).damaged && std::find(sites.begin(), sites.end(), *site) == sites.end()) {
      sites.push_back(*site);
    }
  }
  return sites;
}

std::vector<std::size_t> members(const Draft& draft, std::string_view batch) {
  std::vector<std::size_t> sites;
  const auto all = draft.registry().batches().sites_of(batch);
  std::copy_if(all.begin(), all.end(), std::back_inserter(sites),
               [&draft](std::size_t site) { return !draft.site(site).damaged; });
  return sites;
}

std::optional<Status> batch_status(const Draft& draft, Phase phase, const std::string& batch) {
  std::optional<Status> least;
  std::optional<Status> least_buried;
  for (const std::size_t site : members(draft, batch)) {
    const Status status = draft.status(site);
    auto& slot = draft.buried({phase, batch}, draft.site(site).domain) ? least_buried : least;
    slot = slot ? std::min(*slot, status) : status;
  }
  return least ? least : least_buried;
}

bool is_held_elsewhere(const Draft& draft, const WorkKey& key, std::size_t site) {
  const auto holder = draft.leased_in(key.phase, draft.site(site).domain);
  return holder && !(*holder == key);
}

std::vector<std::string> unfinished(const Draft& draft, Phase phase, const Claim& claim) {
  std::vector<std::string> domains;
  for (const std::string& domain : claim.domains) {
    const auto site = draft.registry().index_of(domain);
    if (!site || draft.site(*site).damaged || draft.status(*site) < rule_of(phase).done) {
      domains.push_back(domain);
    }
  }
  return domains;
}

bool is_repeat_of_last(const Draft& draft, const WorkKey& key, const Caller& caller, const std::string& verb) {
  const WorkRecord* record = draft.record(key);
  if (record == nullptr || !record->last || record->last->verb != verb) {
    return false;
  }
  return caller.token ? record->last->token == *caller.token : record->last->owner == caller.name();
}

}  // namespace smbatcher
