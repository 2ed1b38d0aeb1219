#include "libregistry/queue/verbs/draft.h"

#include <algorithm>

namespace smbatcher {
namespace {

/// The token of a claim that ends goes to the past ones; the highest token stays known.
void note_tokens(RecordChange& change) {
  WorkRecord& after = change.after;
  if (change.before.claim && (!after.claim || after.claim->lease.token != change.before.claim->lease.token)) {
    after.past.push_back(change.before.claim->lease.token);
    after.past.erase(after.past.begin(),
                     after.past.end() - static_cast<std::ptrdiff_t>(std::min(after.past.size(), kMostPastTokens)));
  }
  after.last_token = std::max(after.last_token, after.claim ? after.claim->lease.token : 0);
}

bool remembers(const WorkRecord& record) { return !record.sites.empty() || record.unbegun.buried; }

}  // namespace

Draft::Draft(const Registry& registry, const ClaimsState& state, const Policy& policy, const Instant& now,
             const ProcessTable& processes)
    : registry_(&registry),
      state_(&state),
      policy_(policy),
      now_(&now),
      processes_(std::make_shared<const ProcessMemo>(processes)),
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

WorkRecord& Draft::keep_up(const WorkKey& key) {
  if (!edited_.contains(key)) {
    kept_up_.insert(key);
  }
  return edit(key);
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

const WorkRecord* Draft::drafted(Phase phase, std::string_view batch) const {
  constexpr std::size_t kFew = 4;  // a claim changes one or two, and asks for all of a long queue
  if (records_.size() <= kFew) {
    for (const auto& [key, changed] : records_) {
      if (key.phase == phase && key.batch == batch) {
        return &changed;
      }
    }
    return nullptr;
  }
  const auto found = records_.find(WorkKey{phase, std::string(batch)});
  return found == records_.end() ? nullptr : &found->second;
}

Glance Draft::glance(Phase phase, std::string_view batch) const {
  if (const WorkRecord* changed = drafted(phase, batch)) {
    return glance_at(*changed);
  }
  const auto slot = index().find(phase, batch);
  if (!slot) {
    return {};
  }
  Glance glance;
  glance.remembers_sites = remembers_sites(*slot);
  if (slot->token == 0) {
    return glance;
  }
  glance.left = slot->left(*now_, policy_.skew);
  if (glance.left.count() > 0 && !slot->process_is_gone(*processes_)) {
    glance.hold = Glance::kLive;
    return glance;
  }
  const WorkRecord* known = state_->find(slot->key());
  return known == nullptr ? Glance{} : glance_at(*known);
}

bool Draft::remembers_sites(const IndexSlot& slot) const {
  return slot.buried || (slot.delayed && slot.delayed_until > now_->since_boot);
}

bool Draft::remembers_sites(Phase phase, std::string_view batch) const {
  if (const WorkRecord* changed = drafted(phase, batch)) {
    return remembers(*changed);
  }
  const auto slot = index().find(phase, batch);
  return slot && remembers_sites(*slot);
}

bool Draft::has_claim(Phase phase, std::string_view batch) const {
  if (const WorkRecord* changed = drafted(phase, batch)) {
    return changed->claim.has_value();
  }
  return index().token_of(phase, batch) != 0;
}

Glance Draft::glance_at(const WorkRecord& known) const {
  Glance glance;
  glance.remembers_sites = remembers(known);
  if (known.claim) {
    glance.hold = live(known.claim->lease) ? Glance::kLive : Glance::kLapsed;
    glance.left = known.claim->lease.expires.left(*now_, policy_.skew);
  }
  return glance;
}

template <class OfRecord, class EachSlot>
std::vector<WorkKey> Draft::keys_where(OfRecord of_record, EachSlot each_slot) const {
  std::vector<WorkKey> keys;
  for (const auto& [key, drafted] : records_) {
    if (of_record(key.phase, drafted)) {
      keys.push_back(key);
    }
  }
  each_slot([&](const IndexSlot& slot) {
    if (WorkKey key = slot.key(); !slot.newer && !records_.contains(key)) {
      keys.push_back(std::move(key));
    }
  });
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::vector<WorkKey> Draft::keys() const {
  return keys_where([](Phase /*phase*/, const WorkRecord& /*record*/) { return true; },
                    [this](auto add) { index().each(add); });
}

std::vector<WorkKey> Draft::claimed_by(const std::string& owner, std::optional<Phase> phase) const {
  const auto is_owners = [&](Phase in, const WorkRecord& known) {
    return (!phase || in == *phase) && known.claim && known.claim->lease.owner == owner;
  };
  return keys_where(is_owners, [&](auto add) {
    index().each_owned(text_hash(owner), [&](const IndexSlot& slot) {
      const WorkRecord* known = slot.token == 0 ? nullptr : state_->find(slot.key());
      if (known != nullptr && is_owners(slot.phase, *known)) {
        add(slot);
      }
    });
  });
}

std::vector<WorkKey> Draft::claimed_with_fewer_rows() const {
  const auto is_short = [this](std::string_view batch, std::size_t given) {
    return given > registry_->batches().sites_of(batch).size();
  };
  std::vector<WorkKey> keys;
  for (const auto& [key, drafted] : records_) {
    if (drafted.claim && is_short(key.batch, drafted.claim->domains.size())) {
      keys.push_back(key);
    }
  }
  index().each([&](const IndexSlot& slot) {
    if (slot.token != 0 && !slot.newer && is_short(slot.batch, slot.given())) {
      if (WorkKey key = slot.key(); !records_.contains(key)) {
        keys.push_back(std::move(key));
      }
    }
  });
  std::sort(keys.begin(), keys.end());
  return keys;
}

std::vector<WorkKey> Draft::partly_done() const {
  const auto is_behind = [this](Phase phase, std::string_view batch) {
    const auto sites = registry_->batches().sites_of(batch);
    return std::any_of(sites.begin(), sites.end(),
                       [&](std::size_t site) { return statuses_[site] < rule_of(phase).done; });
  };
  std::vector<WorkKey> keys;
  for (const auto& [key, drafted] : records_) {
    if (!drafted.done.empty() && is_behind(key.phase, key.batch)) {
      keys.push_back(key);
    }
  }
  index().each([&](const IndexSlot& slot) {
    if (slot.done > 0 && is_behind(slot.phase, slot.batch)) {
      if (WorkKey key = slot.key(); !records_.contains(key)) {
        keys.push_back(std::move(key));
      }
    }
  });
  std::sort(keys.begin(), keys.end());
  return keys;
}

bool Draft::may_be_of_lost_state(const WorkKey& key, Token token) const {
  const WorkRecord* known = record(key);
  return token < state_->floor && (begins_history() || (known != nullptr && known->found_at_start)) &&
         !key_of(token, std::nullopt);
}

std::optional<WorkKey> Draft::key_of(Token token, std::optional<Phase> phase) const {
  const auto first = [&](auto of_record, auto of_slot) -> std::optional<WorkKey> {
    const auto keys =
        keys_where([&](Phase in, const WorkRecord& known) { return (!phase || in == *phase) && of_record(known); },
                   [&](auto add) {
                     index().each([&](const IndexSlot& slot) {
                       if ((!phase || slot.phase == *phase) && of_slot(slot)) {
                         add(slot);
                       }
                     });
                   });
    return keys.empty() ? std::nullopt : std::optional(keys.front());
  };
  auto found = first([&](const WorkRecord& known) { return known.claim && known.claim->lease.token == token; },
                     [&](const IndexSlot& slot) { return slot.token == token && token != 0; });
  if (!found) {
    found = first(
        [&](const WorkRecord& known) {
          return known.last_token == token ||
                 std::find(known.past.begin(), known.past.end(), token) != known.past.end();
        },
        [&](const IndexSlot& slot) { return slot.had_token(token); });
  }
  if (!found) {
    found = first([&](const WorkRecord& known) { return known.last && known.last->token == token; },
                  [&](const IndexSlot& slot) { return slot.changed_by == token && token != 0; });
  }
  return found;
}

std::optional<WorkKey> Draft::leased_in(Phase phase, std::string_view domain) const {
  std::optional<WorkKey> holder;
  const auto holds = [&](const IndexSlot& slot) {
    if (slot.phase != phase || slot.token == 0) {
      return false;
    }
    const WorkKey key = slot.key();
    const WorkRecord* stored = state_->find(key);
    const Claim* given = claim(key);  // the draft may have ended it
    if (stored != nullptr && stored->claim && live(stored->claim->lease) && given != nullptr &&
        std::find(given->domains.begin(), given->domains.end(), domain) != given->domains.end() &&
        (!holder || key < *holder)) {
      holder = key;
    }
    return false;
  };
  (void)index().any_given(text_hash(domain), holds);
  return holder;
}

Attempts Draft::attempts(const WorkKey& key, std::string_view domain) const {
  const WorkRecord* known = record(key);
  if (known == nullptr) {
    return {};
  }
  const auto found = known->sites.find(std::string(domain));
  return found == known->sites.end() ? Attempts{} : found->second;
}

void Draft::tell_rewound(const WorkKey& key, const Site& site, Status completed) {
  if (!records_.contains(key)) {
    records_.emplace(key, *state_->find(key));
  }
  told_.push_back({site.domain, completed, site.status, key.batch, std::nullopt});
}

bool Draft::given_up(const WorkKey& key) const {
  const WorkRecord* known = record(key);
  return known != nullptr && known->unbegun.buried;
}

void Draft::describe(std::string verb, std::string owner, Token token, std::string why) {
  verb_ = std::move(verb);
  owner_ = std::move(owner);
  token_ = token;
  why_ = std::move(why);
}

bool Draft::only_renewals() const { return !changes_registry() && edited_.empty() && told_.empty(); }

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
    const std::string batch = change.batch.value_or(std::string(before.batch));
    RowChange row{std::string(before.domain), before.status, statuses_[index], batch, std::nullopt};
    if (batch != before.batch) {
      row.batch_before = before.batch;
    }
    rows.push_back(std::move(row));
  }
  rows.insert(rows.end(), told_.begin(), told_.end());
  for (const NewSite& added : additions_) {
    rows.push_back({added.domain, std::nullopt, Status::kRegistered, "", std::nullopt});
  }
  return rows;
}

LastChange Draft::last_change(const RecordChange& change, const Event& event) const {
  LastChange last = kept_up_.contains(change.key) ? LastChange{kUpkeep, 0, kProgram, {}, {}}
                                                  : LastChange{verb_, token_, owner_, why_, {}};
  for (const RowChange& row : event.rows) {
    if (row.batch == change.key.batch || row.batch_before == change.key.batch) {
      last.domains.push_back(row.domain);
    }
  }
  const auto& before = change.before.last;
  if (event.rows.empty() && before && before->verb == last.verb && before->token == last.token) {
    last.domains = before->domains;  // the same call once more, with another option
  }
  return last;
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
  event.synced = !unsynced_ || changes_registry() || next_token_ != state_->next_token;
  event.rows = row_changes();
  for (const auto& [key, drafted] : records_) {
    RecordChange change{key, {}, drafted};
    if (const WorkRecord* stored = state_->find(key)) {
      change.before = *stored;
    }
    note_rows(change.after, key, event);
    if (!told_.empty()) {
      change.after.event = event.number;
    }
    if (edited_.contains(key)) {
      change.after.event = event.number;
      note_tokens(change);
      change.after.last = last_change(change, event);
    }
    event.work.push_back(std::move(change));
  }
  return event;
}

}  // namespace smbatcher
