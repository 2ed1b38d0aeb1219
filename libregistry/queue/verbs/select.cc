#include "libregistry/queue/verbs/select.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace smbatcher {
namespace {

/// What the rows of a batch say.
struct Tally {
  BatchState state = BatchState::kEmpty;
  bool any_in_progress = false;
  bool any_takeable = false;
  bool any_buried = false;  // before the end of the phase
  milliseconds shortest_delay{std::numeric_limits<std::int64_t>::max()};
};

/// The letter that a claim of a batch in this state takes sites from.
Status taken_from(const PhaseRule& rule, BatchState state) {
  return state == BatchState::kToLock ? rule.entry : rule.ready;
}

/// Where no site of the batch has anything to be remembered by.
Tally tally_rows(const PhaseRule& rule, StatusSet statuses) {
  Tally tally;
  tally.state = batch_state(rule.phase, statuses);
  tally.any_in_progress = statuses.has(rule.in_progress);
  tally.any_takeable = statuses.has(taken_from(rule, tally.state));
  return tally;
}

/// The same with the record, which says what is buried and delayed.
Tally tally_sites(const Draft& draft, const WorkKey& key, std::span<const std::uint32_t> sites) {
  const PhaseRule& rule = rule_of(key.phase);
  StatusSet statuses;
  Tally tally;
  for (const std::size_t site : sites) {
    if (draft.site(site).damaged) {
      continue;
    }
    if (draft.buried(key, draft.site(site).domain)) {
      tally.any_buried = tally.any_buried || draft.status(site) < rule.done;
    } else {
      statuses.add(draft.status(site));
    }
  }
  tally.state = batch_state(key.phase, statuses);
  tally.any_in_progress = statuses.has(rule.in_progress);
  for (const std::size_t site : sites) {
    if (draft.site(site).damaged || draft.status(site) != taken_from(rule, tally.state)) {
      continue;
    }
    const Attempts attempts = draft.attempts(key, draft.site(site).domain);
    if (attempts.delayed(draft.now(), draft.policy().skew)) {
      tally.shortest_delay =
          std::min(tally.shortest_delay, attempts.not_before->left(draft.now(), draft.policy().skew));
    } else if (!attempts.buried) {
      tally.any_takeable = true;
    }
  }
  return tally;
}

Tally tally_of(const Draft& draft, Phase phase, const Batch& batch, bool remembers_sites) {
  return remembers_sites ? tally_sites(draft, {phase, batch.id}, batch.sites)
                         : tally_rows(rule_of(phase), statuses_of(draft, batch));
}

/// How long a lease of another batch, which a site was in when it was claimed, keeps one of the sites from being given
/// out; nullopt when none does.
std::optional<milliseconds> held_elsewhere(const Draft& draft, Phase phase, std::span<const std::uint32_t> sites) {
  for (const std::size_t site : sites) {
    if (draft.site(site).damaged) {
      continue;
    }
    if (const auto holder = draft.leased_in(phase, draft.site(site).domain)) {
      return draft.claim(*holder)->lease.expires.left(draft.now(), draft.policy().skew);
    }
  }
  return std::nullopt;
}

}  // namespace

StatusSet statuses_of(const Draft& draft, const Batch& batch) {
  StatusSet statuses;
  for (const std::size_t site : batch.sites) {
    if (!draft.site(site).damaged) {
      statuses.add(draft.status(site));
    }
  }
  return statuses;
}

Candidate examine(const Draft& draft, Phase phase, const Batch& batch) {
  const Glance glance = draft.glance(phase, batch.id);
  const Tally tally = tally_of(draft, phase, batch, glance.remembers_sites);
  Candidate candidate;
  candidate.key = {phase, batch.id};
  candidate.state = tally.state;
  candidate.lapsed = glance.hold == Glance::kLapsed;
  if (glance.hold == Glance::kLive) {
    candidate.obstacle = Obstacle::kHeld;
    candidate.retry_after = glance.left;
    return candidate;
  }
  const bool has_work =
      tally.state == BatchState::kInProgress || tally.state == BatchState::kReady || tally.state == BatchState::kToLock;
  const auto elsewhere = has_work ? held_elsewhere(draft, phase, batch.sites) : std::nullopt;
  if (elsewhere) {
    candidate.obstacle = Obstacle::kHeld;
    candidate.retry_after = *elsewhere;
  } else if (draft.state().held_back.contains(candidate.key) || draft.registry().holds_damage(batch.id)) {
    candidate.obstacle = Obstacle::kDamaged;
  } else if (tally.state == BatchState::kInProgress && glance.hold == Glance::kFree) {
    candidate.obstacle = Obstacle::kHeld;  // work that nobody claimed through us gets a lease with this very call
    candidate.retry_after = draft.policy().lease;
  } else if (has_work && glance.remembers_sites && draft.given_up(candidate.key)) {
    candidate.obstacle = Obstacle::kGivenUp;
  } else if (has_work && !tally.any_in_progress && !tally.any_takeable) {
    candidate.obstacle = Obstacle::kDelayed;
    candidate.retry_after = tally.shortest_delay;
  } else if (!has_work && tally.any_buried) {
    candidate.obstacle = Obstacle::kBuried;
  } else if (tally.state == BatchState::kBehind) {
    candidate.obstacle = Obstacle::kBehind;
  } else if (!has_work) {
    candidate.obstacle = Obstacle::kDone;
  }
  return candidate;
}

Candidate examine(const Draft& draft, Phase phase, std::string_view batch) {
  return examine(draft, phase, Batch{batch, draft.registry().batches().sites_of(batch)});
}

BatchState state_of(const Draft& draft, Phase phase, const Batch& batch) {
  return tally_of(draft, phase, batch, draft.remembers_sites(phase, batch.id)).state;
}

std::vector<std::size_t> sites_in_progress(const Draft& draft, const WorkKey& key) {
  std::vector<std::size_t> sites = members(draft, key.batch);
  std::erase_if(sites, [&](std::size_t site) {
    return draft.status(site) != rule_of(key.phase).in_progress || draft.buried(key, draft.site(site).domain);
  });
  return sites;
}

std::vector<std::size_t> takeable_sites(const Draft& draft, const Candidate& candidate) {
  const WorkKey& key = candidate.key;
  const Status from = taken_from(rule_of(key.phase), candidate.state);
  std::vector<std::size_t> sites = members(draft, key.batch);
  std::erase_if(sites, [&](std::size_t site) {
    const Attempts attempts = draft.attempts(key, draft.site(site).domain);
    return draft.status(site) != from || attempts.buried || attempts.delayed(draft.now(), draft.policy().skew);
  });
  return sites;
}

std::vector<std::uint32_t> batches_in_order(const Draft& draft) {
  const BatchTable& batches = draft.registry().batches();
  std::vector<double> priorities(batches.size(), Site::kNoPriority);
  bool any_priority = false;
  for (std::size_t number = 0; number < batches.size(); ++number) {
    for (const std::size_t site : batches[number].sites) {
      priorities[number] = std::min(priorities[number], draft.site(site).priority);
    }
    any_priority = any_priority || priorities[number] != Site::kNoPriority;
  }
  std::vector<std::uint32_t> order(batches.size());
  std::iota(order.begin(), order.end(), 0U);  // ids are in order already
  if (any_priority) {
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return priorities[a] < priorities[b]; });
  }
  return order;
}

}  // namespace smbatcher
