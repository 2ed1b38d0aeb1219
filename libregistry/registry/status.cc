#include "libregistry/registry/status.h"

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

BatchState batch_state(Phase phase, const std::vector<Status>& statuses) {
  const PhaseRule& rule = rule_of(phase);
  const auto any = [&statuses](Status wanted) {
    return std::find(statuses.begin(), statuses.end(), wanted) != statuses.end();
  };
  const auto all_from = [&statuses](Status earliest) {
    return std::all_of(statuses.begin(), statuses.end(), [earliest](Status status) { return status >= earliest; });
  };
  if (statuses.empty()) {
    return BatchState::kEmpty;
  }
  if (any(rule.in_progress)) {
    return BatchState::kInProgress;
  }
  if (any(rule.ready) && all_from(rule.ready)) {
    return BatchState::kReady;
  }
  if (rule.entry != rule.ready && any(rule.entry) && all_from(rule.entry)) {
    return BatchState::kToLock;
  }
  return all_from(rule.done) ? BatchState::kDone : BatchState::kBehind;
}

}  // namespace smbatcher
