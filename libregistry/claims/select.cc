#include "libregistry/claims/select.h"

#include <algorithm>
#include <limits>

#include "libregistry/claims/work.h"

namespace smbatcher {
namespace {

/// The lease, if any, that keeps one of the sites from being given out: the batch's own, or one of another batch that a
/// site was in when it was claimed.
const Claim* holder_of(const Draft& draft, const WorkKey& key, const std::vector<std::size_t>& sites) {
  if (const Claim* own = draft.claim(key); own != nullptr && draft.live(own->lease)) {
    return own;
  }
  for (const std::size_t site : sites) {
    if (const auto elsewhere = draft.leased_in(key.phase, draft.site(site).domain)) {
      return draft.claim(*elsewhere);
    }
  }
  return nullptr;
}

/// The first thing that keeps the batch from being given out.
void find_obstacle(const Draft& draft, const std::vector<std::size_t>& all, bool any_buried, Candidate& candidate) {
  const WorkKey& key = candidate.key;
  const Claim* own = draft.claim(key);
  const bool has_work = candidate.state == BatchState::kInProgress || candidate.state == BatchState::kReady ||
                        candidate.state == BatchState::kToLock;
  if (const Claim* holder = holder_of(draft, key, all); holder != nullptr && (has_work || holder == own)) {
    candidate.obstacle = Obstacle::kHeld;
    candidate.retry_after = holder->lease.expires.left(draft.now(), draft.policy().skew);
  } else if (draft.state().held_back.contains(key) || draft.registry().holds_damage(key.batch)) {
    candidate.obstacle = Obstacle::kDamaged;
  } else if (candidate.state == BatchState::kInProgress && own == nullptr) {
    candidate.obstacle = Obstacle::kHeld;  // work that nobody claimed through us gets a lease with this very call
    candidate.retry_after = draft.policy().lease;
  } else if (has_work && candidate.in_progress.empty() && candidate.takeable.empty()) {
    candidate.obstacle = Obstacle::kDelayed;
  } else if (!has_work && any_buried) {
    candidate.obstacle = Obstacle::kBuried;
  } else if (candidate.state == BatchState::kBehind) {
    candidate.obstacle = Obstacle::kBehind;
  } else if (!has_work) {
    candidate.obstacle = Obstacle::kDone;
  }
}

}  // namespace

Candidate examine(const Draft& draft, Phase phase, const std::string& batch) {
  const PhaseRule& rule = rule_of(phase);
  Candidate candidate;
  candidate.key = {phase, batch};
  const WorkKey& key = candidate.key;
  const Policy& policy = draft.policy();
  const auto all = members(draft, batch);

  std::vector<Status> statuses;
  bool any_buried = false;
  for (const std::size_t site : all) {
    if (draft.buried(key, draft.site(site).domain)) {
      any_buried = any_buried || draft.status(site) < rule.done;
    } else {
      statuses.push_back(draft.status(site));
    }
  }
  candidate.state = batch_state(phase, statuses);
  const Status from = candidate.state == BatchState::kToLock ? rule.entry : rule.ready;
  milliseconds shortest_delay{std::numeric_limits<std::int64_t>::max()};
  for (const std::size_t site : all) {
    const std::string& domain = draft.site(site).domain;
    const Attempts attempts = draft.attempts(key, domain);
    if (attempts.buried) {
      continue;
    }
    if (draft.status(site) == rule.in_progress) {
      candidate.in_progress.push_back(site);
    } else if (draft.status(site) == from) {
      if (attempts.delayed(draft.now(), policy.skew)) {
        shortest_delay = std::min(shortest_delay, attempts.not_before->left(draft.now(), policy.skew));
      } else {
        candidate.takeable.push_back(site);
      }
    }
  }

  const Claim* own = draft.claim(key);
  candidate.lapsed = own != nullptr && !draft.live(own->lease);
  find_obstacle(draft, all, any_buried, candidate);
  if (candidate.obstacle == Obstacle::kDelayed) {
    candidate.retry_after = shortest_delay;
  }
  return candidate;
}

std::vector<std::string> batches_in_order(const Draft& draft) {
  constexpr double kLast = std::numeric_limits<double>::infinity();
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [batch, sites] : draft.registry().batches()) {
    double priority = kLast;
    for (const std::size_t site : sites) {
      priority = std::min(priority, draft.site(site).priority);
    }
    order.emplace_back(priority, batch);
  }
  // Ids are in order already.
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> batches;
  batches.reserve(order.size());
  for (auto& [priority, batch] : order) {
    batches.push_back(std::move(batch));
  }
  return batches;
}

}  // namespace smbatcher
