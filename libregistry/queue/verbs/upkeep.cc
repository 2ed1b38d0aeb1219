#include "libregistry/queue/verbs/upkeep.h"

#include "libregistry/queue/verbs/select.h"

namespace smbatcher {
namespace {

void lease_unclaimed(Draft& draft, const PhaseRule& rule, const Batch& batch) {
  if (draft.has_claim(rule.phase, batch.id)) {
    return;
  }
  const WorkKey key{rule.phase, batch.id};
  if (draft.state().held_back.contains(key)) {
    return;
  }
  std::vector<std::string> unclaimed;
  for (const std::size_t site : batch.sites) {
    const Site& row = draft.site(site);
    if (draft.status(site) == rule.in_progress && !row.damaged && !draft.leased_in(rule.phase, row.domain)) {
      unclaimed.emplace_back(row.domain);
    }
  }
  if (!unclaimed.empty()) {
    const Lease lease = grant(draft.take_token(), kUnknownOwner, draft.policy().lease, std::nullopt, draft.now());
    WorkRecord& record = draft.keep_up(key);
    record.claim = Claim{lease, std::move(unclaimed), false, {}, false};
    record.found_at_start = record.found_at_start || draft.begins_history();
  }
}

}  // namespace

void lease_unclaimed_work(Draft& draft) {
  for (const Batch batch : draft.registry().batches()) {
    const StatusSet statuses = statuses_of(draft, batch);
    for (const PhaseRule& rule : kPhases) {
      if (statuses.has(rule.in_progress)) {
        lease_unclaimed(draft, rule, batch);
      }
    }
  }
}

}  // namespace smbatcher
