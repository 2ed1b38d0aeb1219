#include "libregistry/queue/verbs/attempt.h"

#include <algorithm>
#include <iterator>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

void return_to_ready(Draft& draft, const WorkKey& key, std::size_t site) {
  const PhaseRule& rule = rule_of(key.phase);
  if (draft.status(site) == rule.in_progress) {
    draft.move(site, rule.ready);
  }
}

/// Counts it; true when that was the last.
bool count_one(Attempts& attempts, const Draft& draft, const std::string& why) {
  ++attempts.count;
  attempts.failure = Failure::of(why, draft.now().wall);
  return attempts.count >= draft.policy().max_attempts;
}

}  // namespace

Result<Answer> begin(Draft& draft, Phase phase, const Target& target, const Caller& caller) {
  SMB_TRY_ASSIGN(const std::string batch, batch_of_target(draft, phase, target, caller));
  const WorkKey key{phase, batch};
  SMB_TRY_ASSIGN(const Authority authority, authorize(draft, key, caller, Need::kHolder));
  SMB_TRY_ASSIGN(const auto sites, find_sites(draft, target.domains));
  Answer answer;
  for (const std::size_t site : sites) {
    const std::string& domain = draft.site(site).domain;
    if (!authority.claim || !is_given(*authority.claim, domain)) {
      return fail(not_claimed(key));
    }
    if (draft.status(site) >= rule_of(phase).done) {
      return fail(invalid_transition(domain, draft.status(site), rule_of(phase).in_progress));
    }
    answer.sites.push_back(domain);
  }
  answer.batch = batch;
  answer.phase = phase;
  answer.lease = authority.claim ? std::optional(authority.claim->lease) : std::nullopt;
  answer.repeated = !note_begun(draft, key, answer.sites);
  if (!answer.repeated) {
    describe_begin(draft, *answer.lease);
  }
  return answer;
}

void describe_begin(Draft& draft, const Lease& lease) {
  draft.describe("begin", lease.owner, lease.token);
  draft.mark_unsynced();  // a power failure that takes it ends the work, too: then the batch has the attempt
}

bool note_begun(Draft& draft, const WorkKey& key, const std::vector<std::string>& domains) {
  const Claim* claim = draft.claim(key);
  std::vector<std::string> begin_now;
  std::copy_if(domains.begin(), domains.end(), std::back_inserter(begin_now), [claim](const std::string& domain) {
    return claim != nullptr && is_given(*claim, domain) && !is_begun(*claim, domain);
  });
  if (begin_now.empty()) {
    return false;
  }
  Claim& noted = *draft.edit(key).claim;
  noted.begun.insert(noted.begun.end(), begin_now.begin(), begin_now.end());
  noted.worked = true;
  return true;
}

void note_completion(Draft& draft, const WorkKey& key, const std::string& domain) {
  WorkRecord& record = draft.edit(key);
  record.sites.erase(domain);
  record.unbegun = {};
  if (record.claim) {
    std::erase(record.claim->begun, domain);
    record.claim->worked = true;
  }
}

bool is_begun(const Claim& claim, std::string_view domain) {
  return std::find(claim.begun.begin(), claim.begun.end(), domain) != claim.begun.end();
}

void count_attempt(Draft& draft, const WorkKey& key, std::size_t site, const std::string& why) {
  Attempts& attempts = draft.edit(key).sites[std::string(draft.site(site).domain)];
  if (count_one(attempts, draft, why) && !attempts.buried) {
    const auto count = static_cast<std::size_t>(attempts.count);
    bury_site(draft, key, site, counted(count, "attempt") + " without completion", kProgram);
  }
}

void count_attempt(Draft& draft, const WorkKey& key, const Claim& ended, const std::string& why) {
  Attempts& attempts = draft.edit(key).unbegun;
  if (!count_one(attempts, draft, why)) {
    return;
  }
  attempts.buried =
      Burial{counted(static_cast<std::size_t>(attempts.count), "claim") + " ended before the work on a site was begun",
             kProgram, draft.now().wall};
  for (const std::string& domain : ended.domains) {
    const auto site = draft.registry().index_of(domain);
    if (site && !draft.site(*site).damaged && draft.site(*site).batch == key.batch) {
      return_to_ready(draft, key, *site);
    }
  }
}

bool ended_unbegun(const Claim& claim) { return !claim.worked && !claim.to_lock && claim.lease.owner != kUnknownOwner; }

void bury_site(Draft& draft, const WorkKey& key, std::size_t site, const std::string& why, const std::string& by) {
  Attempts& attempts = draft.edit(key).sites[std::string(draft.site(site).domain)];
  attempts.buried = Burial{why, by, draft.now().wall};
  attempts.not_before.reset();
  return_to_ready(draft, key, site);
}

}  // namespace smbatcher
