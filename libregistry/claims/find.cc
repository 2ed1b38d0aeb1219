#include "libregistry/claims/find.h"

#include <algorithm>

#include "libregistry/claims/select.h"
#include "libregistry/claims/view.h"
#include "libregistry/claims/work.h"

namespace smbatcher {

Result<StatusCounts> count_statuses(const Queue& queue) {
  SMB_TRY_ASSIGN(const LoadedRegistry loaded, load_registry(*queue.ops, queue.paths, {&queue.config.columns, true}));
  StatusCounts counts;
  for (const Site& site : loaded.registry.sites()) {
    if (!site.damaged) {
      ++counts.by_status[static_cast<std::size_t>(site.status)];
      ++counts.total;
    }
  }
  counts.warnings = loaded.registry.damages();
  return counts;
}

Result<Answer> find_active(const Queue& queue, Phase phase, const std::optional<std::string>& owner) {
  SMB_TRY_ASSIGN(const View view, read_view(queue));
  const Policy policy = queue.policy();
  const Draft draft(view.loaded.registry, view.state, policy, view.now, *queue.processes);
  std::optional<Candidate> active;
  for (const std::string& batch : batches_in_order(draft)) {
    const Candidate candidate = examine(draft, phase, batch);
    if (candidate.state != BatchState::kInProgress) {
      continue;
    }
    const Claim* claim = draft.claim(candidate.key);
    const bool own = owner && claim != nullptr && claim->lease.owner == *owner;
    if (!active || own) {
      active = candidate;
    }
    if (own) {
      break;
    }
  }
  Answer answer;
  answer.warnings = view.loaded.registry.damages();
  if (!active) {
    answer.refusal = refused("no_active_batch", "",
                             "no batch is in progress in phase " + std::string(rule_of(phase).name) +
                                 "; smbatcher find-next --claim takes the next one");
    return answer;
  }
  answer.batch = active->key.batch;
  answer.phase = phase;
  answer.status = rule_of(phase).in_progress;
  for (const std::size_t site : active->in_progress) {
    answer.sites.push_back(draft.site(site).domain);
  }
  return answer;
}

}  // namespace smbatcher
