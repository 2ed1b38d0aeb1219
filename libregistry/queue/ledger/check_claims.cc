#include "libregistry/queue/ledger/check_claims.h"

#include "libregistry/core/base/warning_list.h"
#include "libregistry/queue/ledger/view.h"
#include "libregistry/queue/verbs/absent_rows.h"
#include "libregistry/queue/verbs/rewinds.h"

namespace smbatcher {
namespace {

Warning describe_lost(const std::string& registry, const WorkKey& key) {
  return {registry, 0, "state_lost",
          "batch '" + key.batch + "' (" + std::string(rule_of(key.phase).name) +
              ") was in progress when the history began, and nobody has shown a token for it. Who works on it goes on "
              "with: smbatcher find-next --claim --batch " +
              key.batch +
              " --token N, N being the token they had; if nobody does: smbatcher reap --unclaimed --batch " +
              key.batch};
}

std::vector<Warning> work_of_lost_state(const Draft& draft, bool all) {
  const std::string& registry = draft.registry().document().path();
  WarningList warnings;
  if (all) {
    warnings.keep_all();
  }
  for (const WorkKey& key : draft.keys()) {
    const WorkRecord* record = draft.record(key);
    if (record != nullptr && record->found_at_start && record->claim && record->claim->lease.owner == kUnknownOwner) {
      warnings.add("state_lost", [&] { return describe_lost(registry, key); });
    }
  }
  return warnings.with_counts(registry);
}

}  // namespace

Result<std::vector<Warning>> check_claims(const QueueContext& queue, bool all) {
  return read_and(queue, [&queue, all](const View& view) -> Result<std::vector<Warning>> {
    const Policy policy = queue.policy();
    const Draft draft(view.loaded.registry, view.state, policy, view.now, *queue.processes);
    std::vector<Warning> warnings = view.state.warnings;
    const std::vector<Warning> leases = leases_without_rows(draft);
    const std::vector<Warning> rewinds = describe_rewinds(draft, find_all_rewinds(draft), all);
    const std::vector<Warning> lost = work_of_lost_state(draft, all);
    for (const auto* more : {&leases, &rewinds, &lost}) {
      warnings.insert(warnings.end(), more->begin(), more->end());
    }
    return warnings;
  });
}

}  // namespace smbatcher
