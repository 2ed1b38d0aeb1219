#include "libregistry/claims/batch_view.h"

#include <algorithm>
#include <array>

#include "libregistry/base/text.h"
#include "libregistry/claims/view.h"
#include "libregistry/claims/work.h"

namespace smbatcher {
namespace {

std::optional<std::string> batch_in_progress(const Draft& draft) {
  for (const Phase phase : {Phase::kImplement, Phase::kDesign}) {
    for (const std::string& batch : batches_in_order(draft)) {
      if (examine(draft, phase, batch).state == BatchState::kInProgress) {
        return batch;
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> latest_batch(const Draft& draft) {
  const auto& batches = draft.registry().batches();
  if (const auto& last = draft.state().last) {
    for (const std::string& domain : last->domains) {
      const Site* site = draft.registry().find(domain);
      if (site != nullptr && batches.contains(site->batch)) {
        return site->batch;
      }
    }
  }
  return batches.empty() ? std::nullopt : std::optional(batches.rbegin()->first);
}

/// The phase in which the batch stands: where it is claimed, else where its least advanced site is.
Phase phase_of_batch(const Draft& draft, const std::string& batch) {
  for (const Phase phase : {Phase::kImplement, Phase::kDesign}) {
    if (draft.claim({phase, batch}) != nullptr) {
      return phase;
    }
  }
  const auto status = batch_status(draft, Phase::kDesign, batch);
  return status && *status < Status::kDesigned ? Phase::kDesign : Phase::kImplement;
}

SiteView site_view(const Draft& draft, const WorkKey& key, const Site& site) {
  const Attempts attempts = draft.attempts(key, site.domain);
  SiteView view{site, attempts.count, attempts.buried, std::chrono::seconds(0)};
  if (attempts.delayed(draft.now(), draft.policy().skew)) {
    view.delayed_for =
        std::chrono::ceil<std::chrono::seconds>(attempts.not_before->left(draft.now(), draft.policy().skew));
  }
  return view;
}

}  // namespace

std::string_view name_of(BatchState state) {
  constexpr std::array<std::string_view, 6> kNames{"in_progress", "ready", "to_lock", "done", "behind", "empty"};
  return kNames[static_cast<std::size_t>(state)];
}

Result<std::optional<BatchView>> view_batch(const Queue& queue, const std::optional<std::string>& batch) {
  SMB_TRY_ASSIGN(const View view, read_view(queue));
  const Policy policy = queue.policy();
  const Draft draft(view.loaded.registry, view.state, policy, view.now, *queue.processes);
  BatchView result;
  if (batch) {
    SMB_TRY_ASSIGN(result.batch, find_batch(draft, *batch));
  } else {
    auto found = batch_in_progress(draft);
    found = found ? found : latest_batch(draft);
    if (!found && !view.loaded.registry.damages().empty()) {
      const Warning& first = view.loaded.registry.damages().front();
      return fail(malformed(
          "auto_detect_failed", first.file + ":" + std::to_string(first.line),
          "damaged rows hide which batch is meant (" + first.message + "); name one, or see smbatcher check-registry"));
    }
    if (!found) {
      return std::optional<BatchView>();
    }
    result.batch = *found;
  }
  result.phase = phase_of_batch(draft, result.batch);
  const WorkKey key{result.phase, result.batch};
  const Candidate candidate = examine(draft, result.phase, result.batch);
  result.state = candidate.state;
  result.status = batch_status(draft, result.phase, result.batch);
  for (const std::size_t site : view.loaded.registry.batches().at(result.batch)) {
    result.sites.push_back(site_view(draft, key, draft.site(site)));
  }
  if (const Claim* claim = draft.claim(key)) {
    result.claim = *claim;
    result.live = draft.live(claim->lease);
    result.left = draft.left(claim->lease);
    result.process_gone = !result.live && result.left.count() > 0;
    result.leased_elsewhere_than_shown = result.live && !claim->to_lock && candidate.in_progress.empty();
  }
  result.warnings = view.loaded.registry.damages();
  result.warnings.insert(result.warnings.end(), view.state.warnings.begin(), view.state.warnings.end());
  return std::optional(std::move(result));
}

}  // namespace smbatcher
