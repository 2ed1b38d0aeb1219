#include <algorithm>

#include "libregistry/queue/verbs/release.h"

namespace smbatcher {
namespace {

void return_batch_to_ready(Draft& draft, const WorkKey& key, const std::string& why) {
  const PhaseRule& rule = rule_of(key.phase);
  std::vector<std::size_t> sites;
  for (const std::size_t site : members(draft, key.batch)) {
    if (draft.status(site) == rule.in_progress && !is_held_elsewhere(draft, key, site)) {
      sites.push_back(site);
    }
  }
  draft.edit(key);
  end_claim(draft, key, why);
  for (const std::size_t site : sites) {
    if (draft.status(site) == rule.in_progress) {
      draft.move(site, rule.ready);
    }
  }
}

bool has_unclaimed_work(const Draft& draft, const WorkKey& key) {
  if (draft.has_claim(key.phase, key.batch)) {
    return draft.claim(key) != nullptr && draft.claim(key)->lease.owner == kUnknownOwner;
  }
  const auto sites = members(draft, key.batch);
  return std::any_of(sites.begin(), sites.end(), [&](std::size_t site) {
    return draft.status(site) == rule_of(key.phase).in_progress && !draft.leased_in(key.phase, draft.site(site).domain);
  });
}

/// The batch that is named, else everything that has a record or rows.
Result<std::vector<WorkKey>> keys_to_look_at(const Draft& draft, const ReapRequest& request) {
  std::vector<WorkKey> keys;
  if (request.batch) {
    SMB_TRY_ASSIGN(const std::string batch, find_batch(draft, *request.batch));
    for (const PhaseRule& rule : kPhases) {
      keys.push_back({rule.phase, batch});
    }
  } else {
    keys = draft.keys();
    for (const Batch batch : draft.registry().batches()) {
      for (const PhaseRule& rule : kPhases) {
        keys.push_back({rule.phase, batch.id});
      }
    }
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

}  // namespace

Result<Answer> reap(Draft& draft, const ReapRequest& request, const Caller& caller) {
  SMB_TRY_ASSIGN(const std::vector<WorkKey> keys, keys_to_look_at(draft, request));
  Answer answer;
  for (const WorkKey& key : keys) {
    if ((request.phase && key.phase != *request.phase) || draft.state().held_back.contains(key)) {
      continue;
    }
    const Glance::Hold hold = draft.glance(key.phase, key.batch).hold;
    const bool live = hold == Glance::kLive;
    const bool unclaimed = request.unclaimed && has_unclaimed_work(draft, key);
    if (request.batch && live && !unclaimed && !caller.force) {
      return fail(held_by(draft, key, draft.claim(key)));
    }
    const bool lapsed = hold == Glance::kLapsed;
    if (lapsed || unclaimed || (request.batch && caller.force && live)) {
      return_batch_to_ready(draft, key, caller.why);
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
