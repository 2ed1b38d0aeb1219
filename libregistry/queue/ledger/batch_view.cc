#include "libregistry/queue/ledger/batch_view.h"

#include <algorithm>
#include <array>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/view.h"
#include "libregistry/queue/verbs/absent_rows.h"
#include "libregistry/queue/verbs/authority.h"
#include "libregistry/queue/verbs/rewinds.h"

namespace smbatcher {
namespace {

std::optional<std::string> batch_in_progress(const Draft& draft) {
  for (const Phase phase : {Phase::kImplement, Phase::kDesign}) {
    for (const std::uint32_t number : batches_in_order(draft)) {
      const Batch batch = draft.registry().batches()[number];
      if (state_of(draft, phase, batch) == BatchState::kInProgress) {
        return std::string(batch.id);
      }
    }
  }
  return std::nullopt;
}

std::optional<std::string> latest_batch(const Draft& draft) {
  if (const auto& last = draft.state().last) {
    for (const std::string& domain : last->domains) {
      const Site* site = draft.registry().find(domain);
      if (site != nullptr && draft.registry().batches().contains(site->batch)) {
        return std::string(site->batch);
      }
    }
  }
  const BatchTable& batches = draft.registry().batches();
  return batches.empty() ? std::nullopt : std::optional<std::string>(batches.back().id);
}

/// The phase in which the batch stands: where it is claimed, else where its least advanced site is.
Phase phase_of_batch(const Draft& draft, const std::string& batch) {
  for (const Phase phase : {Phase::kImplement, Phase::kDesign}) {
    if (draft.has_claim(phase, batch)) {
      return phase;
    }
  }
  const auto status = batch_status(draft, Phase::kDesign, batch);
  return status && *status < Status::kDesigned ? Phase::kDesign : Phase::kImplement;
}

SiteView site_view(const Draft& draft, const WorkKey& key, const Site& site) {
  const Attempts attempts = draft.attempts(key, site.domain);
  SiteView view{site.domain,     draft.registry().text_of(site, "name"),
                site.status,     site.line,
                site.damaged,    attempts.count,
                attempts.buried, std::chrono::seconds(0),
                attempts.failure};
  if (attempts.delayed(draft.now(), draft.policy().skew)) {
    view.delayed_for =
        std::chrono::ceil<std::chrono::seconds>(attempts.not_before->left(draft.now(), draft.policy().skew));
  }
  return view;
}

/// The batch's own claim, else one of another batch that holds what is in progress here.
std::optional<WorkKey> claim_on(const Draft& draft, const Candidate& candidate) {
  if (draft.claim(candidate.key) != nullptr) {
    return candidate.key;
  }
  for (const std::size_t site : sites_in_progress(draft, candidate.key)) {
    if (auto elsewhere = draft.leased_in(candidate.key.phase, draft.site(site).domain)) {
      return elsewhere;
    }
  }
  return std::nullopt;
}

/// Where the rows of the batch's own claim are not as it left them.
void compare_with_rows(const Draft& draft, BatchView& view) {
  for (const std::string& domain : view.claim->domains) {
    const Site* const row = draft.registry().find(domain);
    if (row == nullptr) {
      view.absent.push_back({domain, std::nullopt});
    } else if (row->batch != view.batch) {
      view.absent.push_back({domain, std::string(row->batch)});
    } else if (view.live && !view.claim->to_lock && row->status < rule_of(view.phase).in_progress) {
      view.rows_show_ready = true;
    }
  }
}

Result<std::optional<BatchView>> batch_in(const QueueContext& queue, const View& view,
                                          const std::optional<std::string>& batch) {
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
  if (const WorkRecord* record = draft.record(key)) {
    result.unbegun = record->unbegun;
  }
  for (const std::size_t site : view.loaded.registry.batches().sites_of(result.batch)) {
    result.sites.push_back(site_view(draft, key, draft.site(site)));
  }
  if (const auto holding = claim_on(draft, candidate)) {
    result.claim = *draft.claim(*holding);
    const Lease& lease = result.claim->lease;
    result.live = draft.live(lease);
    result.left = draft.left(lease);
    result.process_gone = !result.live && result.left.count() > 0;
    if (*holding == key) {
      compare_with_rows(draft, result);
    } else {
      result.claimed_in = holding->batch;
    }
  }
  result.warnings = view.loaded.registry.damages();
  const std::vector<Warning> leases = leases_without_rows(draft);
  const std::vector<Warning> rewinds = describe_rewinds(draft, find_rewinds(draft));
  for (const auto* warnings : {&view.state.warnings, &leases, &rewinds}) {
    result.warnings.insert(result.warnings.end(), warnings->begin(), warnings->end());
  }
  return std::optional(std::move(result));
}

}  // namespace

std::string_view name_of(BatchState state) {
  constexpr std::array<std::string_view, 6> kNames{"in_progress", "ready", "to_lock", "done", "behind", "empty"};
  return kNames[static_cast<std::size_t>(state)];
}

Result<std::optional<BatchView>> view_batch(const QueueContext& queue, const std::optional<std::string>& batch) {
  return read_and(queue, [&](const View& view) { return batch_in(queue, view, batch); });
}

}  // namespace smbatcher
