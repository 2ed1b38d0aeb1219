#include "libregistry/queue/ledger/view.h"

#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/records/state_folder.h"

namespace smbatcher {
namespace {

constexpr int kMostReads = 50;  // writers take turns of milliseconds; a reader that never sees a quiet moment gives up

Token time_as_token(const Instant& now) { return static_cast<Token>(now.wall.time_since_epoch().count()); }

/// True when the history lost events that were synced, as the index knows. A power failure takes none of those away (a
/// closing line it may, and settling writes that again): somebody cut the file.
bool went_back(const ClaimsFacts* known, const ClaimsState& folded) {
  return known != nullptr && known->next_synced > folded.next_event;
}

/// Begins a history anew without giving out a token or an event number twice.
Event begin_anew(ClaimsState& state, const ClaimsFacts* known, const std::map<WorkKey, WorkRecord>& found,
                 const Instant& now) {
  Token floor = std::max(time_as_token(now), state.next_token);
  if (known != nullptr) {
    floor = std::max(floor, known->next_token);
    state.next_event = std::max(state.next_event, known->next_event);
    if (state.highest_batch.empty() || batch_id_less(state.highest_batch, known->highest_batch)) {
      state.highest_batch = known->highest_batch;
    }
  }
  Event begin;
  begin.verb = kOpened;
  begin.at = now.wall;
  begin.boot = now.boot;
  for (const auto& [key, record] : found) {
    floor = std::max(floor, record.last_token + 1);
    if (state.find(key) != nullptr) {
      continue;  // what is left of the history knows it; the file can only add a renewal
    }
    state.next_event = std::max(state.next_event, record.event + 1);
    begin.work.push_back({key, {}, record});
  }
  begin.floor = floor;
  begin.number = state.next_event;
  for (RecordChange& change : begin.work) {
    change.after.event = begin.number;
  }
  apply(state, begin, Closing::kDone);
  return begin;
}

/// Where a history must begin although there was one: what became of it, and what that means for those at work.
std::optional<Warning> lost_state(const std::string& history, const Registry& registry, bool known) {
  const auto& sites = registry.sites();
  const auto at_work = std::count_if(sites.begin(), sites.end(), [](const Site& site) {
    return !site.damaged && (site.status == Status::kDesigning || site.status == Status::kImplementing);
  });
  if (!known && at_work == 0) {
    return std::nullopt;
  }
  return Warning{history, 0, "state_lost",
                 "the history is gone or cut, as git clean -fdx leaves it (or this is a new clone): leases that no "
                 "claim file tells of are lost; " +
                     counted(static_cast<std::size_t>(at_work), "site") +
                     " in progress: given to nobody else; who works on them goes on with: smbatcher "
                     "find-next --claim --batch ID --token N, N being the token they had"};
}

bool is_touched_by(const std::optional<Event>& event, const WorkKey& key) {
  return event && std::any_of(event->work.begin(), event->work.end(),
                              [&key](const RecordChange& change) { return change.key == key; });
}

}  // namespace

Result<Rebuilt> rebuild(const QueueContext& queue, const HistoryFile& history, const ClaimFiles& files,
                        const std::optional<IndexFile>& index, const LoadedRegistry& loaded, const Instant& now) {
  const ClaimsFacts* const known = index ? &index->index->head().facts : nullptr;
  SMB_TRY_ASSIGN(const History lines, history.read());
  if (lines.newer) {
    return fail(malformed("newer_format", queue.paths.history,
                          "the history was written by a newer smbatcher: upgrade this one; nothing was changed"));
  }
  Rebuilt result;
  result.torn = lines.torn;
  result.state = fold(lines, loaded.registry, loaded.hash, now.boot);
  if (!lines.entries.empty() && lines.entries.back().is_open()) {
    result.open = lines.entries.back().event;
    result.closing = settle(*result.open, loaded.registry, loaded.hash, now.boot);
  }
  if (lines.damaged) {
    // The token of a line that cannot be read is unknown: stay above every one it may have been.
    result.state.next_token = std::max(result.state.next_token, time_as_token(now));
  }
  if (lines.entries.empty() || went_back(known, result.state)) {
    SMB_TRY_ASSIGN(const auto found, files.scan());
    result.lost =
        lost_state(queue.paths.history, loaded.registry, known != nullptr || !found.empty() || !lines.entries.empty());
    result.begin = begin_anew(result.state, known, found, now);
  }
  for (auto& [key, record] : result.state.records.in_memory()) {
    SMB_TRY_ASSIGN(const ClaimFile file, files.read(key));
    if (file.condition == ClaimFile::Condition::kNewer) {
      result.state.held_back.insert(key);
    } else if (file.condition == ClaimFile::Condition::kUnreadable) {
      result.unreadable.push_back(key);
    }
    if (!record.claim) {
      continue;
    }
    const bool same_lease =
        file.record && file.record->claim && file.record->claim->lease.token == record.claim->lease.token;
    if (same_lease) {
      keep_renewal(record, *file.record);
    } else if (!is_touched_by(result.open, key) && !is_touched_by(result.begin, key)) {
      restart_lease(record, now);
    }
    adjust_to_boot(record.claim->lease, now);
  }
  for (const WorkKey& key : result.state.held_back) {
    result.state.records.erase(key);
  }
  result.state.records.hold_back(result.state.held_back);
  return result;
}

Result<std::optional<ClaimsState>> state_of_index(const std::optional<IndexFile>& index, const ClaimFiles& files,
                                                  const HistoryMark& mark, const std::string& boot) {
  if (!index || !(index->index->head().history == mark) || index->index->head().boot != boot) {
    return std::nullopt;
  }
  ClaimsState state;
  static_cast<ClaimsFacts&>(state) = index->index->head().facts;
  for (const WorkKey& key : index->index->newer()) {
    SMB_TRY_ASSIGN(const ClaimFile file, files.read(key));
    if (file.condition != ClaimFile::Condition::kNewer) {
      return std::nullopt;  // it can be read now
    }
    state.held_back.insert(key);
  }
  state.records = WorkRecords(index->index, files);
  return std::optional(std::move(state));
}

namespace {

/// A writer changes the index in place: what does not read as one may do so a moment later.
std::optional<IndexFile> read_index_twice(const ClaimFiles& files) {
  auto index = files.read_index(FileAccess::kRead);
  return index ? std::move(index) : files.read_index(FileAccess::kRead);
}

}  // namespace

Result<View> read_view(const QueueContext& queue, Reading reading) {
  for (int attempt = 0;; ++attempt) {
    SMB_TRY_ASSIGN(const RegistryPaths paths, paths_in_force(*queue.ops, queue.paths));
    const ClaimFiles files(*queue.ops, paths.claims);
    SMB_TRY_ASSIGN(const HistoryFile history, HistoryFile::open(*queue.ops, paths, FileAccess::kRead));
    SMB_TRY_ASSIGN(const HistoryMark mark, history.mark());
    View view;
    view.now = queue.clock->now();
    SMB_TRY_ASSIGN(view.loaded, load_registry(*queue.ops, queue.paths, {&queue.config.columns, history.exists()}));
    const auto index = read_index_twice(files);
    std::optional<ClaimsState> state;
    if (reading != Reading::kHistory) {
      SMB_TRY_ASSIGN(state, state_of_index(index, files, mark, view.now.boot));
      if (state && reading == Reading::kWhole) {
        (void)state->records.all();
        state = state->records.fits() ? std::move(state) : std::nullopt;
      }
    }
    if (state) {
      view.state = std::move(*state);
    } else {
      SMB_TRY_ASSIGN(Rebuilt rebuilt, rebuild(queue, history, files, index, view.loaded, view.now));
      view.state = std::move(rebuilt.state);
      view.begin = std::move(rebuilt.begin);
    }
    SMB_TRY_ASSIGN(const RegistryPaths paths_now, paths_in_force(*queue.ops, queue.paths));
    SMB_TRY_ASSIGN(const HistoryFile again, HistoryFile::open(*queue.ops, paths_now, FileAccess::kRead));
    SMB_TRY_ASSIGN(const HistoryMark mark_now, again.mark());
    if ((paths_now.history == paths.history && mark == mark_now) || attempt == kMostReads) {
      if (paths_now.history == queue.paths.history) {
        const auto ignored = ignored_history(*queue.ops, queue.paths);
        view.state.warnings.insert(view.state.warnings.end(), ignored.begin(), ignored.end());
      }
      return view;
    }
  }
}

}  // namespace smbatcher
