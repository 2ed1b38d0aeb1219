#include "libregistry/claims/release.h"

#include <algorithm>

#include "libregistry/claims/renew.h"

namespace smbatcher {
namespace {

bool shows_release(const Draft& draft, const WorkKey& key, const std::string& domain) {
  const auto site = draft.registry().index_of(domain);
  return site && draft.status(*site) == rule_of(key.phase).ready;
}

/// Everything was given back already, by this caller: its answer was lost.
bool is_own_repeat(const Draft& draft, const WorkKey& key, const Target& target, const Caller& caller) {
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

void give_back(Draft& draft, const WorkKey& key, std::size_t site, const ReleaseRequest& request) {
  const std::string& domain = draft.site(site).domain;
  if (draft.status(site) == rule_of(key.phase).in_progress) {
    draft.move(site, rule_of(key.phase).ready);
  }
  Attempts& attempts = draft.edit(key).sites[domain];
  if (!request.count_attempt && attempts.count > 0) {
    --attempts.count;
  }
  if (request.delay.count() > 0) {
    attempts.not_before = Deadline::after(draft.now(), request.delay);
  }
  if (request.count_attempt && attempts_used_up(draft, key, domain)) {
    bury_site(draft, key, site, std::to_string(draft.attempts(key, domain).count) + " attempts without completion",
              "smbatcher");
  }
}

void return_to_ready(Draft& draft, const WorkKey& key) {
  const PhaseRule& rule = rule_of(key.phase);
  std::vector<std::size_t> sites;
  for (const std::size_t site : members(draft, key.batch)) {
    if (draft.status(site) == rule.in_progress) {
      sites.push_back(site);
    }
  }
  draft.edit(key);
  end_claim(draft, key);
  for (const std::size_t site : sites) {
    if (draft.status(site) == rule.in_progress) {
      draft.move(site, rule.ready);
    }
  }
}

bool has_unclaimed_work(const Draft& draft, const WorkKey& key) {
  const Claim* claim = draft.claim(key);
  if (claim != nullptr) {
    return claim->lease.owner == kUnknownOwner;
  }
  const auto sites = members(draft, key.batch);
  return std::any_of(sites.begin(), sites.end(), [&](std::size_t site) {
    return draft.status(site) == rule_of(key.phase).in_progress &&
           !draft.leased_in(key.phase, draft.site(site).domain);
  });
}

}  // namespace

Result<Answer> release(Draft& draft, const ReleaseRequest& request, const Caller& caller) {
  SMB_TRY_ASSIGN(const WorkKey key, claimed_key(draft, request.phase, request.target, caller));
  const PhaseRule& rule = rule_of(key.phase);
  Answer answer;
  answer.batch = key.batch;
  answer.phase = key.phase;
  answer.from = rule.in_progress;
  answer.status = rule.ready;
  if (is_own_repeat(draft, key, request.target, caller)) {
    answer.sites = request.target.domains.empty() ? draft.record(key)->last->domains : request.target.domains;
    answer.repeated = true;
    return answer;
  }
  SMB_TRY_ASSIGN(const Authority authority, authorize(draft, key, caller, Need::kHolder));
  SMB_TRY_ASSIGN(const auto named, find_sites(draft, request.target.domains));
  std::vector<std::size_t> sites;
  for (const std::size_t site : named.empty() ? members(draft, key.batch) : named) {
    if (draft.status(site) == rule.in_progress) {
      sites.push_back(site);
    } else if (!named.empty() && !shows_release(draft, key, draft.site(site).domain)) {
      return fail(invalid_transition(draft.site(site).domain, draft.status(site), rule.ready));
    }
  }
  const auto& claim = authority.claim;
  if (!named.empty() && sites.empty()) {
    answer.sites = request.target.domains;
    answer.repeated = true;
    return answer;
  }
  if (sites.empty() && !claim) {
    return fail(not_claimed(key));
  }
  for (const std::size_t site : sites) {
    give_back(draft, key, site, request);
    answer.sites.push_back(draft.site(site).domain);
  }
  WorkRecord& record = draft.edit(key);
  if (record.claim) {
    auto& domains = record.claim->domains;
    std::erase_if(domains, [&](const std::string& domain) {
      return named.empty() || std::find(answer.sites.begin(), answer.sites.end(), domain) != answer.sites.end();
    });
    const bool any_left = std::any_of(domains.begin(), domains.end(), [&](const std::string& domain) {
      const auto site = draft.registry().index_of(domain);
      return !site || draft.status(*site) < rule.done;
    });
    if (!any_left) {
      record.claim.reset();
    } else {
      answer.remaining = domains;
    }
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

Result<Answer> reap(Draft& draft, const ReapRequest& request, const Caller& caller) {
  std::vector<WorkKey> keys;
  if (request.batch) {
    SMB_TRY_ASSIGN(const std::string batch, find_batch(draft, *request.batch));
    for (const PhaseRule& rule : kPhases) {
      keys.push_back({rule.phase, batch});
    }
  } else {
    for (const auto& [key, record] : draft.records()) {
      keys.push_back(key);
    }
    for (const auto& [batch, sites] : draft.registry().batches()) {
      for (const PhaseRule& rule : kPhases) {
        if (draft.record({rule.phase, batch}) == nullptr) {
          keys.push_back({rule.phase, batch});
        }
      }
    }
  }
  std::sort(keys.begin(), keys.end());
  Answer answer;
  for (const WorkKey& key : keys) {
    if ((request.phase && key.phase != *request.phase) || draft.state().held_back.contains(key)) {
      continue;
    }
    const Claim* claim = draft.claim(key);
    const bool live = claim != nullptr && draft.live(claim->lease);
    const bool unclaimed = request.unclaimed && has_unclaimed_work(draft, key);
    if (request.batch && live && !unclaimed && !caller.force) {
      return fail(held_by(draft, key, claim));
    }
    const bool lapsed = claim != nullptr && !live;
    if (lapsed || unclaimed || (request.batch && caller.force && live)) {
      return_to_ready(draft, key);
      if (std::find(answer.batches.begin(), answer.batches.end(), key.batch) == answer.batches.end()) {
        answer.batches.push_back(key.batch);
      }
    }
  }
  if (!answer.batches.empty()) {
    draft.describe("reap", caller.name(), 0, caller.why);
    if (caller.force) {
      draft.mark_forced();
    }
  }
  return answer;
}

}  // namespace smbatcher
