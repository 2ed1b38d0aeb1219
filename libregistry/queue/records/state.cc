#include "libregistry/queue/records/state.h"

#include <algorithm>

namespace smbatcher {
namespace {

bool shows(const Registry& registry, const RowChange& row) {
  const Site* site = registry.find(row.domain);
  return site != nullptr && !site->damaged && site->status == row.to && site->batch == row.batch;
}

/// A claim is what may have been reported to an owner who now works: it grants a lease under the event's own token.
bool grants_lease(const Event& event) {
  return std::any_of(event.work.begin(), event.work.end(), [&event](const RecordChange& change) {
    return event.token != 0 && change.after.claim && change.after.claim->lease.token == event.token;
  });
}

/// True when `a` was renewed before `b`, two states of one lease. The boots that judged it only grow in number; on one
/// boot its clock decides, which, unlike the wall clock, is never stepped.
bool is_older(const Lease& a, const Lease& b) {
  if (a.seen_on.size() != b.seen_on.size()) {
    return a.seen_on.size() < b.seen_on.size();
  }
  return a.expires.boot == b.expires.boot ? a.expires.since_boot - a.length < b.expires.since_boot - b.length
                                          : a.expires.wall - a.length < b.expires.wall - b.length;
}

}  // namespace

Closing settle(const Event& intent, const Registry& registry, const std::string& registry_hash,
               const std::string& boot) {
  if (registry_hash == intent.hash_after) {
    return Closing::kDone;
  }
  if (registry_hash == intent.hash_before) {
    return boot != intent.boot && grants_lease(intent) ? Closing::kKept : Closing::kVoid;
  }
  const bool all_show = std::all_of(intent.rows.begin(), intent.rows.end(),
                                    [&registry](const RowChange& row) { return shows(registry, row); });
  return all_show ? Closing::kDone : Closing::kVoid;
}

void note_rows(WorkRecord& record, const WorkKey& key, const Event& event) {
  const bool completes = event.verb.ends_with("-complete") || event.verb == "finish";
  const bool takes_back = event.verb == "reopen";
  const bool tells = event.verb == kRewound;
  if (!completes && !takes_back && !tells) {
    return;
  }
  const Status goal = rule_of(key.phase).done;
  const Status last = key.phase == Phase::kDesign ? goal : Status::kFinished;
  for (const RowChange& row : event.rows) {
    if (row.batch != key.batch && row.batch_before != key.batch) {
      continue;
    }
    const auto found = record.done.find(row.domain);
    if (completes && row.to >= goal && row.to <= last) {
      const bool same_claim = event.token == 0 && found != record.done.end();
      record.done[row.domain] = {row.to, same_claim ? found->second.token : event.token, false};
    } else if (found == record.done.end()) {
      continue;
    } else if (tells) {
      found->second.rewound = true;
    } else if (takes_back && row.to < goal) {
      record.done.erase(found);
    } else if (takes_back && row.to < found->second.status) {
      found->second.status = row.to;
    }
  }
}

namespace {

/// The keys whose sites an event with rows may be about.
std::set<WorkKey> keys_of_rows(const Event& event) {
  std::set<WorkKey> keys;
  for (const RowChange& row : event.rows) {
    for (const std::string& batch : {row.batch, row.batch_before.value_or("")}) {
      if (!batch.empty()) {
        keys.insert({Phase::kDesign, batch});
        keys.insert({Phase::kImplement, batch});
      }
    }
  }
  return keys;
}

}  // namespace

void apply(ClaimsState& state, const Event& event, Closing closing) {
  state.next_event = std::max(state.next_event, event.number + 1);
  if (event.synced) {
    state.next_synced = state.next_event;  // one fsync(2) serves every line above, too
  }
  state.next_token = std::max(state.next_token, event.tokens_used_up_to() + 1);
  state.floor = std::max(state.floor, event.floor.value_or(1));
  for (const RecordChange& change : event.work) {
    WorkRecord record = closing == Closing::kVoid ? change.before : change.after;
    record.last_token = std::max(record.last_token, change.after.last_token);
    WorkRecord& known = state.records[change.key];
    if (record.done.empty() && !event.floor) {
      record.done = std::move(known.done);  // a line of the history does not repeat it
    }
    known = std::move(record);
  }
  if (closing == Closing::kVoid) {
    return;
  }
  if (event.verb == "reopen" || event.verb == "finish" || event.verb.ends_with("-complete") || event.verb == kRewound) {
    for (const WorkKey& key : keys_of_rows(event)) {
      if (state.find(key) != nullptr) {
        note_rows(state.records[key], key, event);
      }
    }
  }
  LastChange last{event.verb, event.token, event.owner, event.why, {}};
  for (const RowChange& row : event.rows) {
    last.domains.push_back(row.domain);
    if (is_numeric(row.batch) && (state.highest_batch.empty() || batch_id_less(state.highest_batch, row.batch))) {
      state.highest_batch = row.batch;
    }
  }
  state.last = std::move(last);
  if (event.changes_registry()) {
    state.registry_before = event.hash_before;
    state.registry_after = event.hash_after;
  }
}

ClaimsState fold(const History& history, const Registry& registry, const std::string& registry_hash,
                 const std::string& boot) {
  ClaimsState state;
  state.warnings = history.warnings;
  for (const HistoryEntry& entry : history.entries) {
    // Only the last one can be open: a later event was written after settling. An older one without a closing line lost
    // it to damage, and judging it by today's registry would take leases away.
    Closing closing = entry.closing.value_or(Closing::kDone);
    if (&entry == &history.entries.back() && entry.is_open()) {
      closing = settle(entry.event, registry, registry_hash, boot);
    }
    apply(state, entry.event, closing);
  }
  return state;
}

void keep_renewal(WorkRecord& record, const WorkRecord& from_file) {
  if (!record.claim || !from_file.claim || record.claim->lease.token != from_file.claim->lease.token) {
    return;
  }
  Lease& lease = record.claim->lease;
  const Lease& renewed = from_file.claim->lease;
  if (!is_older(renewed, lease)) {
    lease.renewed = renewed.renewed;
    lease.expires = renewed.expires;
    lease.length = renewed.length;
    lease.seen_on = renewed.seen_on;
  }
}

void restart_lease(WorkRecord& record, const Instant& now) {
  if (record.claim) {
    record.claim->lease.expires = Deadline::after(now, record.claim->lease.length);
    record.claim->lease.seen_on.push_back(now.boot);
  }
}

}  // namespace smbatcher
