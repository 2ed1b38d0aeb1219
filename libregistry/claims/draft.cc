#include "libregistry/claims/draft.h"

#include <algorithm>

namespace smbatcher {

Draft::Draft(const Registry& registry, const ClaimsState& state, const Policy& policy, const Instant& now,
             const ProcessTable& processes)
    : registry_(&registry),
      state_(&state),
      policy_(policy),
      now_(&now),
      processes_(&processes),
      next_token_(state.next_token) {
  statuses_.reserve(registry.sites().size());
  for (const Site& site : registry.sites()) {
    statuses_.push_back(site.status);
  }
}

void Draft::move(std::size_t site, Status to) {
  statuses_[site] = to;
  CellChange& change = rows_[site];
  change.site = site;
  change.status = to;
}

void Draft::set_batch(std::size_t site, std::string batch) {
  CellChange& change = rows_[site];
  change.site = site;
  change.batch = std::move(batch);
}

void Draft::add(NewSite site) { additions_.push_back(std::move(site)); }

const WorkRecord* Draft::record(const WorkKey& key) const {
  const auto drafted = records_.find(key);
  return drafted == records_.end() ? state_->find(key) : &drafted->second;
}

const Claim* Draft::claim(const WorkKey& key) const {
  const WorkRecord* known = record(key);
  return known != nullptr && known->claim ? &*known->claim : nullptr;
}

WorkRecord& Draft::edit(const WorkKey& key) {
  edited_.insert(key);
  const auto drafted = records_.find(key);
  if (drafted != records_.end()) {
    return drafted->second;
  }
  const WorkRecord* stored = state_->find(key);
  return records_.emplace(key, stored == nullptr ? WorkRecord{} : *stored).first->second;
}

void Draft::renew_claim(const WorkKey& key, const Lease& lease) {
  const bool was_edited = edited_.contains(key);
  edit(key).claim->lease = lease;
  if (!was_edited) {
    edited_.erase(key);
  }
}

std::vector<std::pair<WorkKey, const WorkRecord*>> Draft::records() const {
  std::vector<std::pair<WorkKey, const WorkRecord*>> all;
  for (const auto& [key, stored] : state_->records) {
    all.emplace_back(key, record(key));
  }
  for (const auto& [key, drafted] : records_) {
    if (state_->find(key) == nullptr) {
      all.emplace_back(key, &drafted);
    }
  }
  return all;
}

std::optional<WorkKey> Draft::leased_in(Phase phase, const std::string& domain) const {
  if (!leased_) {
    leased_.emplace();
    for (const auto& [key, stored] : state_->records) {
      if (stored.claim && live(stored.claim->lease)) {
        for (const std::string& given : stored.claim->domains) {
          (*leased_)[given].push_back(key);
        }
      }
    }
  }
  const auto found = leased_->find(domain);
  if (found == leased_->end()) {
    return std::nullopt;
  }
  for (const WorkKey& key : found->second) {
    const Claim* given = key.phase == phase ? claim(key) : nullptr;  // the draft may have ended it
    if (given != nullptr && std::find(given->domains.begin(), given->domains.end(), domain) != given->domains.end()) {
      return key;
    }
  }
  return std::nullopt;
}

Attempts Draft::attempts(const WorkKey& key, const std::string& domain) const {
  const WorkRecord* known = record(key);
  if (known == nullptr) {
    return {};
  }
  const auto found = known->sites.find(domain);
  return found == known->sites.end() ? Attempts{} : found->second;
}

void Draft::describe(std::string verb, std::string owner, Token token, std::string why) {
  verb_ = std::move(verb);
  owner_ = std::move(owner);
  token_ = token;
  why_ = std::move(why);
}

bool Draft::only_renewals() const { return !changes_registry() && edited_.empty(); }

std::vector<CellChange> Draft::cell_changes() const {
  std::vector<CellChange> changes;
  for (const auto& [site, change] : rows_) {
    changes.push_back(change);
  }
  return changes;
}

std::vector<RowChange> Draft::row_changes() const {
  std::vector<RowChange> rows;
  for (const auto& [index, change] : rows_) {
    const Site& before = site(index);
    const std::string batch = change.batch.value_or(before.batch);
    RowChange row{before.domain, before.status, statuses_[index], batch, std::nullopt};
    if (batch != before.batch) {
      row.batch_before = before.batch;
    }
    rows.push_back(std::move(row));
  }
  for (const NewSite& added : additions_) {
    rows.push_back({added.domain, std::nullopt, Status::kRegistered, "", std::nullopt});
  }
  return rows;
}

Event Draft::event() const {
  Event event;
  event.number = state_->next_event;
  event.verb = verb_;
  event.at = now_->wall;
  event.boot = now_->boot;
  event.owner = owner_;
  event.token = token_;
  event.why = why_;
  event.late = late_;
  event.forced = forced_;
  event.rows = row_changes();
  for (const auto& [key, drafted] : records_) {
    RecordChange change{key, {}, drafted};
    if (const WorkRecord* stored = state_->find(key)) {
      change.before = *stored;
    }
    if (edited_.contains(key)) {
      WorkRecord& after = change.after;
      after.event = event.number;
      if (change.before.claim && (!after.claim || after.claim->lease.token != change.before.claim->lease.token)) {
        constexpr std::size_t kMostPast = 16;
        after.past.push_back(change.before.claim->lease.token);
        after.past.erase(after.past.begin(),
                         after.past.end() - static_cast<std::ptrdiff_t>(std::min(after.past.size(), kMostPast)));
      }
      after.last_token = std::max(after.last_token, after.claim ? after.claim->lease.token : 0);
      LastChange last{verb_, token_, owner_, why_, {}};
      for (const RowChange& row : event.rows) {
        if (row.batch == key.batch || row.batch_before == key.batch) {
          last.domains.push_back(row.domain);
        }
      }
      after.last = std::move(last);
    }
    event.work.push_back(std::move(change));
  }
  return event;
}

}  // namespace smbatcher
