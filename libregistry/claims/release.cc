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

std::chrono::seconds delay_after(const ReleaseRequest& request, int attempts) {
  constexpr std::chrono::seconds kLongest = std::chrono::hours(1);
  std::chrono::seconds delay = request.delay;
  for (int i = 1; request.growing_delay && i < attempts && delay < kLongest; ++i) {
    delay = std::min(delay * 2, kLongest);
  }
  return delay;
}

void give_back(Draft& draft, const WorkKey& key, std::size_t site, const ReleaseRequest& request, bool counted) {
  const std::string& domain = draft.site(site).domain;
  if (draft.status(site) == rule_of(key.phase).in_progress) {
    draft.move(site, rule_of(key.phase).ready);
  }
  Attempts& attempts = draft.edit(key).sites[domain];
  if (!request.count_attempt && counted && attempts.count > 0) {
    --attempts.count;
  }
  if (request.delay.count() > 0) {
    attempts.not_before = Deadline::after(draft.now(), delay_after(request, attempts.count));
  }
  if (request.count_attempt && counted && attempts_used_up(draft, key, domain)) {
    bury_site(draft, key, site, std::to_string(draft.attempts(key, domain).count) + " attempts without completion",
              "smbatcher");
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
  std::erase_if(domains, [&](const std::string& domain) {
    return all || std::find(released.begin(), released.end(), domain) != released.end();
  });
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

}  // namespace

Result<Answer> release(Draft& draft, const ReleaseRequest& request, const Caller& caller) {
  SMB_TRY_ASSIGN(const WorkKey key, claimed_key(draft, request.phase, request.target, caller));
  const PhaseRule& rule = rule_of(key.phase);
  Answer answer;
  answer.batch = key.batch;
  answer.phase = key.phase;
  answer.from = rule.in_progress;
  answer.status = rule.ready;
  if (released_before(draft, key, request.target, caller)) {
    answer.sites = request.target.domains.empty() ? draft.record(key)->last->domains : request.target.domains;
    answer.repeated = true;
    return answer;
  }
  SMB_TRY_ASSIGN(const Authority authority, authorize(draft, key, caller, Need::kHolder));
  SMB_TRY_ASSIGN(const auto named, find_sites(draft, request.target.domains));
  SMB_TRY_ASSIGN(const auto sites, sites_to_release(draft, key, named, authority));
  const auto& claim = authority.claim;
  if (!named.empty() && sites.empty()) {
    answer.sites = request.target.domains;
    answer.repeated = true;
    return answer;
  }
  if (sites.empty() && !claim) {
    return fail(not_claimed(key));
  }
  const bool counted = !(claim && claim->to_lock);  // the step D -> O counts no attempt
  for (const std::size_t site : sites) {
    give_back(draft, key, site, request, counted);
    answer.sites.push_back(draft.site(site).domain);
  }
  answer.remaining = take_from_claim(draft, key, named.empty(), answer.sites);
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

}  // namespace smbatcher
