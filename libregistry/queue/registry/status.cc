#include "libregistry/queue/registry/status.h"

#include <algorithm>

namespace smbatcher {

std::optional<Status> status_of(std::string_view text) {
  if (text.size() != 1) {
    return std::nullopt;
  }
  const auto index = kStatusLetters.find(text.front());
  return index == std::string_view::npos ? std::nullopt : std::optional(static_cast<Status>(index));
}

bool is_allowed(Status from, Status to, Step step) { return target_of(from, step) == to; }

std::optional<Status> target_of(Status from, Step step) {
  const auto* const found =
      std::find_if(kTransitions.begin(), kTransitions.end(),
                   [from, step](const Transition& rule) { return rule.from == from && rule.step == step; });
  return found == kTransitions.end() ? std::nullopt : std::optional(found->to);
}

std::optional<Phase> phase_of(std::string_view name) {
  for (const PhaseRule& rule : kPhases) {
    if (rule.name == name) {
      return rule.phase;
    }
  }
  return std::nullopt;
}

std::optional<Phase> phase_with(Status status) {
  for (const PhaseRule& rule : kPhases) {
    if (status >= rule.entry && status <= rule.in_progress) {
      return rule.phase;
    }
  }
  return std::nullopt;
}

BatchState batch_state(Phase phase, StatusSet statuses) {
  const PhaseRule& rule = rule_of(phase);
  if (statuses.empty()) {
    return BatchState::kEmpty;
  }
  if (statuses.has(rule.in_progress)) {
    return BatchState::kInProgress;
  }
  if (statuses.has(rule.ready) && statuses.none_before(rule.ready)) {
    return BatchState::kReady;
  }
  if (rule.entry != rule.ready && statuses.has(rule.entry) && statuses.none_before(rule.entry)) {
    return BatchState::kToLock;
  }
  return statuses.none_before(rule.done) ? BatchState::kDone : BatchState::kBehind;
}

BatchState batch_state(Phase phase, const std::vector<Status>& statuses) {
  StatusSet set;
  for (const Status status : statuses) {
    set.add(status);
  }
  return batch_state(phase, set);
}

}  // namespace smbatcher
