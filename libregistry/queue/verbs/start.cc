#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/verbs/attempt.h"
#include "libregistry/queue/verbs/grant.h"
#include "libregistry/queue/verbs/no_work.h"
#include "libregistry/queue/verbs/select.h"

namespace smbatcher {

namespace {

Error buried(const std::string& domain) {
  return refused("buried", domain, "'" + domain + "' is buried: smbatcher kick " + domain + " takes it up again");
}

Error not_ready(const WorkKey& key, std::string details, Obstacle why) {
  return refused("not_ready", std::move(details), "batch '" + key.batch + "' cannot be claimed: " + explain(why))
      .with("batch", key.batch)
      .because(word_of(why));
}

Error given_up(const Draft& draft, const WorkKey& key) {
  const auto status = batch_status(draft, key.phase, key.batch);
  return not_ready(key, status ? std::string(1, letter(*status)) : "-", Obstacle::kGivenUp);
}

/// The sites of `sites` that are to be moved; the rest is in progress under the same claim.
Result<std::vector<std::size_t>> check_sites(const Draft& draft, const WorkKey& key,
                                             const std::vector<std::size_t>& sites) {
  const PhaseRule& rule = rule_of(key.phase);
  std::vector<std::size_t> to_move;
  for (const std::size_t site : sites) {
    const Status status = draft.status(site);
    const std::string& domain = draft.site(site).domain;
    if (status == rule.in_progress && draft.claim(key) == nullptr) {
      return fail(held_by(draft, key, nullptr));
    }
    if (status != rule.in_progress && status != rule.ready) {
      return fail(invalid_transition(domain, status, rule.in_progress));
    }
    if (draft.buried(key, domain)) {
      return fail(buried(domain));
    }
    if (draft.attempts(key, domain).delayed(draft.now(), draft.policy().skew)) {
      return fail(refused("not_ready", std::string(1, letter(status)),
                          "'" + domain + "' was given back with a delay that is not over")
                      .with("batch", key.batch)
                      .because(word_of(Obstacle::kDelayed)));
    }
    if (status != rule.ready) {
      continue;
    }
    if (const auto elsewhere = draft.leased_in(key.phase, domain); elsewhere && !(*elsewhere == key)) {
      return fail(held_by(draft, *elsewhere, draft.claim(*elsewhere)));
    }
    to_move.push_back(site);
  }
  return to_move;
}

/// The caller's own claim goes on, with `to_move` added to it.
Answer extend(Draft& draft, const WorkKey& key, const std::vector<std::size_t>& to_move) {
  Answer answer;
  answer.action = "continue";
  Claim claim = *draft.claim(key);
  renew(claim.lease, draft.now());
  answer.lease = claim.lease;
  draft.describe("claim", claim.lease.owner, claim.lease.token);
  if (to_move.empty()) {
    draft.renew_claim(key, claim.lease);
    answer.repeated = true;
    return answer;
  }
  lift_delays(draft, key, to_move);
  move_all(draft, to_move, rule_of(key.phase).in_progress);
  for (const std::string& domain : domains_of(draft, to_move)) {
    if (std::find(claim.domains.begin(), claim.domains.end(), domain) == claim.domains.end()) {
      claim.domains.push_back(domain);
    }
  }
  draft.edit(key).claim = std::move(claim);
  return answer;
}

/// A new claim on `to_move`, and on what a lapsed one left in progress: that must not be without a lease.
Answer start_anew(Draft& draft, const ClaimRequest& request, const WorkKey& key, std::vector<std::size_t> to_move) {
  const PhaseRule& rule = rule_of(key.phase);
  const auto asked = domains_of(draft, to_move);
  end_claim(draft, key);
  if (draft.given_up(key)) {
    Answer answer;  // ending the lapsed claim was the last attempt, and that is kept
    answer.refusal = given_up(draft, key);
    return answer;
  }
  std::erase_if(to_move, [&](std::size_t site) { return draft.buried(key, draft.site(site).domain); });
  for (const std::size_t site : members(draft, key.batch)) {
    if (draft.status(site) == rule.in_progress && !draft.leased_in(key.phase, draft.site(site).domain)) {
      to_move.push_back(site);
    }
  }
  if (to_move.empty()) {
    Answer answer;  // ending the lapsed claim has buried them, and that is kept
    answer.refusal =
        refused("buried", join(asked, ", "), "their attempts are used up; smbatcher kick takes them up again");
    return answer;
  }
  return grant_work(draft, request, key, to_move, "start", rule.ready, rule.in_progress);
}

}  // namespace

Result<Answer> start(Draft& draft, const ClaimRequest& request, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const std::string batch, batch_of_target(draft, request.phase, target, caller));
  if (target.domains.empty()) {
    ClaimRequest whole_batch = request;
    whole_batch.batch = batch;
    whole_batch.may_lock = false;
    return claim(draft, whole_batch);
  }
  const WorkKey key{request.phase, batch};
  SMB_TRY(check_not_newer(draft, key));
  SMB_TRY_ASSIGN(const auto sites, find_sites(draft, target.domains));
  const Claim* held = draft.claim(key);
  const bool mine = held != nullptr && (request.token ? held->is_shown_by(*request.token)
                                                      : request.named_owner && held->lease.owner == request.owner);
  if (request.token && !mine) {
    SMB_TRY(authorize(draft, key, caller, Need::kHolder));
  }
  if (held != nullptr && !mine && draft.live(held->lease)) {
    return fail(held_by(draft, key, held));
  }
  if (const auto other = own_claim(draft, request, true); other && !(*other == key)) {
    return fail(
        refused("owner_busy", other->batch,
                "'" + request.owner + "' already holds batch '" + other->batch + "': complete or release it first"));
  }
  if (draft.registry().holds_damage(batch)) {
    return fail(not_ready(key, "damaged", Obstacle::kDamaged));
  }
  if (draft.given_up(key)) {
    return fail(given_up(draft, key));
  }
  std::vector<Warning> warnings;
  if (mine && !request.token) {
    SMB_TRY_ASSIGN(warnings, check_surroundings(draft, key, held->lease));
  }
  SMB_TRY_ASSIGN(std::vector<std::size_t> to_move, check_sites(draft, key, sites));
  Answer answer =
      mine && !held->to_lock ? extend(draft, key, to_move) : start_anew(draft, request, key, std::move(to_move));
  if (request.begins && !answer.refusal && note_begun(draft, key, domains_of(draft, sites)) && answer.repeated) {
    answer.repeated = false;  // no row moves, and no claim is made: that they begin is all
    describe_begin(draft, *answer.lease);
  }
  answer.batch = batch;
  answer.phase = request.phase;
  answer.sites = domains_of(draft, sites);
  answer.warnings = std::move(warnings);
  answer.from = rule_of(request.phase).ready;
  answer.status = rule_of(request.phase).in_progress;
  return answer;
}

}  // namespace smbatcher
