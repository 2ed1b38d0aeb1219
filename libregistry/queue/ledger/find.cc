#include "libregistry/queue/ledger/find.h"

#include <algorithm>

#include "libregistry/queue/ledger/view.h"
#include "libregistry/queue/verbs/absent_rows.h"
#include "libregistry/queue/verbs/authority.h"
#include "libregistry/queue/verbs/rewinds.h"
#include "libregistry/queue/verbs/select.h"

namespace smbatcher {

Result<StatusCounts> count_statuses(const QueueContext& queue, const std::optional<std::string>& batch) {
  SMB_TRY_ASSIGN(const LoadedRegistry loaded, load_registry(*queue.ops, queue.paths, {&queue.config.columns, true}));
  StatusCounts counts;
  if (batch) {
    SMB_TRY_ASSIGN(counts.batch, find_batch(loaded.registry, *batch));
  }
  for (const Site& site : loaded.registry.sites()) {
    if (!counts.batch || site.batch == *counts.batch) {
      counts.by_status[static_cast<std::size_t>(site.status)] += site.damaged ? 0 : 1;
      ++counts.total;
    }
  }
  counts.warnings = loaded.registry.damages();
  return counts;
}

namespace {

Answer active_in(const QueueContext& queue, const View& view, Phase phase, const std::optional<std::string>& owner) {
  const Policy policy = queue.policy();
  const Draft draft(view.loaded.registry, view.state, policy, view.now, *queue.processes);
  const auto owned = owner ? draft.claimed_by(*owner, phase) : std::vector<WorkKey>();
  std::optional<WorkKey> active;
  for (const std::uint32_t number : batches_in_order(draft)) {
    const Batch batch = draft.registry().batches()[number];
    if (state_of(draft, phase, batch) != BatchState::kInProgress) {
      continue;
    }
    const WorkKey key{phase, batch.id};
    const bool own = std::find(owned.begin(), owned.end(), key) != owned.end();
    if (!active || own) {
      active = key;
    }
    if (own || owned.empty()) {
      break;
    }
  }
  Answer answer;
  answer.warnings = view.loaded.registry.damages();
  const std::vector<Warning> leases = leases_without_rows(draft);
  const std::vector<Warning> rewinds = describe_rewinds(draft, find_rewinds(draft));
  for (const auto* warnings : {&leases, &rewinds}) {
    answer.warnings.insert(answer.warnings.end(), warnings->begin(), warnings->end());
  }
  if (!active) {
    answer.refusal = refused("no_active_batch", "",
                             "no batch is in progress in phase " + std::string(rule_of(phase).name) +
                                 "; smbatcher find-next --claim takes the next one");
    return answer;
  }
  answer.batch = active->batch;
  answer.phase = phase;
  answer.status = rule_of(phase).in_progress;
  for (const std::size_t site : sites_in_progress(draft, *active)) {
    answer.sites.emplace_back(draft.site(site).domain);
  }
  return answer;
}

}  // namespace

Result<Answer> find_active(const QueueContext& queue, Phase phase, const std::optional<std::string>& owner) {
  return read_and(queue, [&](const View& view) -> Result<Answer> { return active_in(queue, view, phase, owner); });
}

}  // namespace smbatcher
