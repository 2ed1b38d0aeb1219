#include "libregistry/queue/verbs/release.h"

#include <algorithm>
#include <iterator>

#include "libregistry/queue/verbs/attempt.h"
#include "libregistry/queue/verbs/grant.h"
#include "libregistry/queue/verbs/renew.h"

namespace smbatcher {
namespace {

bool shows_release(const Draft& draft, const WorkKey& key, const std::string& domain) {
  const auto site = draft.registry().index_of(domain);
  return site && draft.status(*site) == rule_of(key.phase).ready;
}

/// Everything was given back already, by this caller: its answer was lost.
bool released_before(const Draft& draft, const WorkKey& key, const Target& target, const Caller& caller) {
  if (!is_repeat_of_last(draft, key, caller, "release")) {
    return false;
  }
  const std::vector<std::string>& domains = target.domains.empty() ? draft.record(key)->last->domains : target.domains;
  if (target.domains.empty() && draft.claim(key) != nullptr) {
    return false;  // that was a part of it; this is the rest
  }
  return std::all_of(domains.begin(), domains.end(),
                     [&](const std::string& domain) { return shows_release(draft, key, domain); });
}

/// Keeps the sites from being given out for so long; 0 lifts what is left of a delay. False when they are kept so
/// already: a repeated call does not move the end.
bool put_off(Draft& draft, const WorkKey& key, const std::vector<std::string>& domains, std::chrono::seconds delay) {
  bool changed = false;
  for (const std::string& domain : domains) {
    Attempts attempts = draft.attempts(key, domain);
    const bool delayed = attempts.delayed(draft.now(), draft.policy().skew);
    if (attempts.buried || (delay.count() == 0 ? !attempts.not_before : delayed && attempts.delay == delay)) {
      continue;
    }
    attempts.put_off(draft.now(), delay);
    auto& sites = draft.edit(key).sites;
    if (attempts.nothing()) {
      sites.erase(domain);
    } else {
      sites[domain] = std::move(attempts);
    }
    changed = true;
  }
  return changed;
}

/// `why` is of this very site, or empty; an attempt that is counted has some reason in any case.
void give_back(Draft& draft, const WorkKey& key, std::size_t site, const std::string& why, bool counted) {
  const PhaseRule& rule = rule_of(key.phase);
  const std::string domain(draft.site(site).domain);
  if (draft.status(site) == rule.in_progress) {
    draft.move(site, rule.ready);
  }
  if (counted) {
    count_attempt(draft, key, site, why.empty() ? "released" : why);
  } else if (!why.empty()) {
    draft.edit(key).sites[domain].failure = Failure::of(why, draft.now().wall);
  }
}

/// Nothing is left to give back: the caller's answer was lost, or they ask for another delay.
void repeat(Draft& draft, const WorkKey& key, const ReleaseRequest& request, const Caller& caller, Answer& answer) {
  answer.repeated = !request.delay || !put_off(draft, key, answer.sites, *request.delay);
  if (!answer.repeated) {
    const WorkRecord* record = draft.record(key);
    const bool same_token = record != nullptr && record->last && caller.token == record->last->token;
    draft.describe("release", same_token && !caller.owner ? record->last->owner : caller.name(),
                   caller.token.value_or(record != nullptr && record->last ? record->last->token : 0), caller.why);
  }
}

/// What is in progress, and what the claim was given and git has brought back to an earlier letter.
Result<std::vector<std::size_t>> sites_to_release(const Draft& draft, const WorkKey& key,
                                                  const std::vector<std::size_t>& named, const Authority& authority) {
  const PhaseRule& rule = rule_of(key.phase);
  std::vector<std::size_t> sites;
  const Claim* claim = authority.claim ? &*authority.claim : nullptr;
  for (const std::size_t site : named.empty() ? members_and_given(draft, key, claim) : named) {
    if (named.empty() && is_held_elsewhere(draft, key, site)) {
      continue;
    }
    const Status status = draft.status(site);
    const std::string& domain = draft.site(site).domain;
    const bool brought_back =
        authority.claim && is_given(*authority.claim, domain) && status >= rule.entry && status < rule.in_progress;
    if (status == rule.in_progress || brought_back) {
      sites.push_back(site);
    } else if (!named.empty() && !shows_release(draft, key, domain)) {
      return fail(invalid_transition(domain, status, rule.ready));
    }
  }
  return sites;
}

/// Takes `released` (with `all`, everything) out of the claim, which ends with its last unfinished domain. Answers what
/// it still holds.
std::vector<std::string> take_from_claim(Draft& draft, const WorkKey& key, bool all,
                                         const std::vector<std::string>& released) {
  WorkRecord& record = draft.edit(key);
  if (!record.claim) {
    return {};
  }
  auto& domains = record.claim->domains;
  const auto is_released = [&](const std::string& domain) {
    return all || std::find(released.begin(), released.end(), domain) != released.end();
  };
  std::erase_if(domains, is_released);
  std::erase_if(record.claim->begun, is_released);
  const bool any_left = std::any_of(domains.begin(), domains.end(), [&](const std::string& domain) {
    const auto site = draft.registry().index_of(domain);
    return !site || draft.status(*site) < rule_of(key.phase).done;
  });
  if (any_left) {
    return domains;
  }
  record.claim.reset();
  return {};
}

/// The delay that comes with a counted attempt by itself: by the attempts of each site, or of the batch.
void put_off_as_configured(Draft& draft, const WorkKey& key, const std::vector<std::string>& counted, bool of_batch) {
  for (const std::string& domain : counted) {
    const int attempts = of_batch ? draft.record(key)->unbegun.count : draft.attempts(key, domain).count;
    (void)put_off(draft, key, {domain}, draft.policy().retry.after(attempts));
  }
}

Result<Answer> give_back_all(Draft& draft, const ReleaseRequest& request, const Caller& caller) {
  SMB_TRY_ASSIGN(const WorkKey key, claimed_key(draft, request.phase, request.target, caller));
  const PhaseRule& rule = rule_of(key.phase);
  Answer answer;
  answer.batch = key.batch;
  answer.phase = key.phase;
  answer.from = rule.in_progress;
  answer.status = rule.ready;
  if (released_before(draft, key, request.target, caller)) {
    answer.sites = request.target.domains.empty() ? draft.record(key)->last->domains : request.target.domains;
    repeat(draft, key, request, caller, answer);
    return answer;
  }
  SMB_TRY_ASSIGN(const Authority authority, authorize(draft, key, caller, Need::kHolder));
  SMB_TRY_ASSIGN(const auto named, find_sites(draft, request.target.domains));
  SMB_TRY_ASSIGN(const auto sites, sites_to_release(draft, key, named, authority));
  const auto& claim = authority.claim;
  if (!named.empty() && sites.empty()) {
    answer.sites = domains_of(draft, named);
    repeat(draft, key, request, caller, answer);
    return answer;
  }
  if (sites.empty() && !claim) {
    return fail(not_claimed(key));
  }
  std::vector<std::string> counted;
  for (const std::size_t site : sites) {
    const std::string domain(draft.site(site).domain);
    const bool counts = request.count_attempt && claim && is_begun(*claim, domain);
    give_back(draft, key, site, counts || !named.empty() ? caller.why : "", counts);
    answer.sites.push_back(domain);
    if (counts) {
      counted.push_back(domain);
    }
  }
  answer.remaining = take_from_claim(draft, key, named.empty(), answer.sites);
  const bool costs_the_batch =
      request.count_attempt && claim && ended_unbegun(*claim) && !sites.empty() && draft.claim(key) == nullptr;
  if (costs_the_batch) {
    count_attempt(draft, key, *claim, caller.why.empty() ? "released" : caller.why);
    counted = answer.sites;
  }
  if (request.delay) {
    (void)put_off(draft, key, answer.sites, *request.delay);
  } else {
    put_off_as_configured(draft, key, counted, costs_the_batch);
  }
  draft.describe("release", claim && !caller.owner ? claim->lease.owner : caller.name(), claim ? claim->lease.token : 0,
                 caller.why);
  if (authority.late) {
    draft.mark_late();
    answer.late = true;
  }
  if (authority.forced) {
    draft.mark_forced();
  }
  return answer;
}

}  // namespace

Result<Answer> release(Draft& draft, const ReleaseRequest& request, const Caller& caller) {
  SMB_TRY_ASSIGN(Answer answer, give_back_all(draft, request, caller));
  std::copy_if(answer.sites.begin(), answer.sites.end(), std::back_inserter(answer.buried),
               [&](const std::string& domain) {
                 return draft.buried({*answer.phase, answer.batch}, domain);
               });
  return answer;
}

}  // namespace smbatcher
