#include "libregistry/queue/ledger/commit.h"

#include <unistd.h>

#include "libregistry/core/fs/leftovers.h"
#include "libregistry/queue/records/ignore_file.h"
#include "libregistry/queue/records/state_folder.h"

namespace smbatcher {
namespace {

ClaimIndex whole_index(const ClaimsState& state, IndexHead head) {
  return ClaimIndex::build(std::move(head), state.records.all(), state.held_back);
}

void put_all(ClaimIndex& index, const ClaimsState& changed) {
  for (const auto& [key, record] : changed.records) {
    index.put(key, record);
  }
}

}  // namespace

Committer::Committer(const QueueContext& queue, const RegistryLock& lock)
    : queue_(&queue), lock_(&lock), files_(*queue.ops, queue.paths.claims) {}

Result<View> Committer::settled_view() {
  SMB_TRY_ASSIGN(const auto ignored, move_former_state(*queue_->ops, queue_->paths));
  SMB_TRY_ASSIGN(HistoryFile history, HistoryFile::open(*queue_->ops, queue_->paths, FileAccess::kAppend));
  View view;
  view.now = queue_->clock->now();
  SMB_TRY_ASSIGN(view.loaded, load_registry(*queue_->ops, queue_->paths, {&queue_->config.columns, history.exists()}));
  files_.share_like(view.loaded.snapshot.state);
  SMB_TRY_ASSIGN(const HistoryMark mark, history.mark());
  index_ = files_.read_index(FileAccess::kAppend);
  std::optional<ClaimsState> state;
  if (trusted_) {
    SMB_TRY_ASSIGN(state, state_of_index(index_, files_, mark, view.now.boot));
  }
  if (state) {
    view.state = std::move(*state);
  } else {
    SMB_TRY(repair(history, index_, view));
    index_.reset();
    trusted_ = true;
  }
  files_written_ = true;
  for (const WorkKey& key : view.state.held_back) {
    view.state.warnings.push_back({files_.path_of(key), 0, "newer_format",
                                   "written by a newer smbatcher: batch '" + key.batch + "' is held back"});
  }
  view.state.warnings.insert(view.state.warnings.end(), ignored.begin(), ignored.end());
  view.state.warnings.insert(view.state.warnings.end(), warnings_.begin(), warnings_.end());
  history_ = std::move(history);
  return view;
}

Result<void> Committer::repair(HistoryFile& history, const std::optional<IndexFile>& index, View& view) {
  SMB_TRY_ASSIGN(Rebuilt rebuilt, rebuild(*queue_, history, files_, index, view.loaded, view.now));
  view.state = std::move(rebuilt.state);
  view.begin = std::move(rebuilt.begin);
  if (rebuilt.lost) {
    view.state.warnings.push_back(std::move(*rebuilt.lost));
  }
  if (rebuilt.torn) {
    SMB_TRY(history.append(torn_line_mark()));
  }
  if (history.exists()) {
    // What a dead process left is answered from now on: make sure that it stays.
    SMB_TRY(sync_folder(*queue_->ops, queue_->paths.folder));
    SMB_TRY(sync_folder(*queue_->ops, queue_->paths.state));
    SMB_TRY(history.sync());
  }
  for (const WorkKey& key : rebuilt.unreadable) {
    SMB_TRY_ASSIGN(const std::string kept, files_.set_aside_unreadable(key));
    view.state.warnings.push_back({files_.path_of(key), 0, "corrupt_claim_file",
                                   "could not be read: kept as '" + kept + "' and rebuilt from the history"});
  }
  if (!history.exists()) {
    return {};  // the claim files are what is left, and stay until a change is written
  }
  SMB_TRY(ensure_state_folder(*queue_->ops, queue_->paths));
  for (const auto& [key, record] : view.state.records) {
    SMB_TRY(files_.write(key, record));
  }
  if (rebuilt.open) {
    SMB_TRY_ASSIGN(const auto kept,
                   clear_leftovers(*queue_->ops, queue_->paths.registry,
                                   LeftoverFacts{rebuilt.open->hash_before, rebuilt.open->hash_after, view.loaded.hash,
                                                 rebuilt.closing == Closing::kDone}));
    warnings_.insert(warnings_.end(), kept.begin(), kept.end());
    SMB_TRY(history.append(closing_line(rebuilt.open->number, rebuilt.closing)));
  }
  if (view.begin) {
    // Lines were lost. Said at once: a history that has grown again no longer shows it.
    SMB_TRY(history.append_synced(to_line(*view.begin)));
    view.begin.reset();
  }
  SMB_TRY_ASSIGN(const HistoryMark mark, history.mark());
  return files_.write_index(whole_index(view.state, {mark, view.now.boot, view.state}));
}

Result<Commit> Committer::commit(const View& view, const Draft& draft, const BlockStopSignals& block) {
  if (!lock_->still_excludes()) {
    return Commit{Commit::kPlanAgain, true, {}};
  }
  SMB_TRY(ensure_state_folder(*queue_->ops, queue_->paths));
  if (draft.only_renewals()) {
    SMB_TRY(renew(draft));
    return Commit{Commit::kDone, true, {}};
  }
  const Event event = draft.event();
  if (draft.changes_registry()) {
    SMB_TRY_ASSIGN(const EditedText after, view.loaded.registry.edited(draft.cell_changes(), draft.additions()));
    SMB_TRY(check_replaceable(*queue_->ops, queue_->paths.registry, view.loaded.snapshot.state));
    SMB_TRY_ASSIGN(const auto kept, clear_leftovers(*queue_->ops, queue_->paths.registry,
                                                    LeftoverFacts{view.state.registry_before, view.state.registry_after,
                                                                  view.loaded.hash}));
    warnings_.insert(warnings_.end(), kept.begin(), kept.end());
    if (!after.is_unchanged()) {
      return commit_text(view, draft, event, after, block);
    }
  }
  if (!lock_->still_excludes()) {
    return Commit{Commit::kPlanAgain, true, {}};
  }
  SMB_TRY(announce(view, draft, event));
  (void)close(view, event, Closing::kDone);  // committed by its own line: there is only the cache to write
  return Commit{Commit::kDone, true, warnings_};
}

Result<Commit> Committer::commit_text(const View& view, const Draft& draft, Event event, const EditedText& after,
                                      const BlockStopSignals& block) {
  const ReplaceNames names = ReplaceNames::of(queue_->paths.registry);
  const Pieces text = after.pieces();
  event.hash_before = view.loaded.hash;
  event.hash_after = content_hash(text);
  // Begun before the intent is written, so that one journal commit of the file system serves both. It stays a `.part`,
  // unfinished and free to go, until the intent is durable.
  SMB_TRY_ASSIGN(StagedReplacement staged, StagedReplacement::begin(*queue_->ops, names, view.loaded.snapshot, text));
  if (!lock_->still_excludes()) {
    return Commit{Commit::kPlanAgain, true, {}};
  }
  SMB_TRY(announce(view, draft, event));
  if (auto finished = staged.finish(); !finished) {
    make_void(view, event);
    return fail(std::move(finished).error());
  }
  return publish(view, event, names, text, block);
}

Result<void> Committer::announce(const View& view, const Draft& draft, const Event& event) {
  if (!draft.batch_files().empty()) {
    SMB_TRY(write_batch_files(*queue_->ops, batches_folder(queue_->paths, queue_->config), draft.batch_files(),
                              view.now.wall, queue_->paths.registry));
  }
  SMB_TRY(append_event(view, event));
  if (view.begin) {
    write_records(*view.begin, Closing::kDone);
  }
  write_records(event, Closing::kDone);
  return {};
}

Result<void> Committer::append_event(const View& view, const Event& event) {
  if (!history_->exists()) {
    SMB_TRY(write_ignore_file(*queue_->ops, queue_->paths));
  }
  const std::string begin = view.begin ? to_line(*view.begin) : "";
  SMB_TRY(history_->append(begin + to_line(event)));
  if (!event.synced && !view.begin) {
    return {};
  }
  auto synced = history_->sync();
  if (!synced) {
    // It is in the file, perhaps it is durable: in either case nothing of it is in force.
    (void)history_->append(closing_line(event.number, Closing::kVoid));
  }
  return synced;
}

Result<Commit> Committer::publish(const View& view, const Event& event, const ReplaceNames& names, const Pieces& after,
                                  const BlockStopSignals& block) {
  const auto published = publish_replacement(
      *queue_->ops, names, view.loaded.snapshot, after, [this] { return lock_->still_excludes(); },
      [&block] { return block.stop_pending(); });
  if (!published) {
    SMB_TRY_ASSIGN(const Commit commit, settle_now(view, event));
    return commit.result == Commit::kDone ? Result<Commit>(commit) : fail(published.error());
  }
  for (const std::string& kept : published->kept) {
    warnings_.push_back({kept, 0, "conflict_copy", "somebody saved in the same moment: their text is kept here"});
  }
  switch (published->result) {
    case Published::kDone: {
      // An intent that stays open is judged again by the next call, perhaps on bytes that git has brought back.
      const bool closed = close(view, event, Closing::kDone);
      return Commit{Commit::kDone, published->durable && closed, warnings_};
    }
    case Published::kChangedBack:
      return settle_now(view, event);
    case Published::kChanged:
    case Published::kInterrupted:
      break;
  }
  make_void(view, event);
  return Commit{Commit::kPlanAgain, true, warnings_};
}

Result<Commit> Committer::settle_now(const View& view, const Event& event) {
  const auto now = load_registry(*queue_->ops, queue_->paths, {&queue_->config.columns, true});
  if (!now) {
    return fail(Error{Errc::kIo,
                      ErrorWord("durability_unknown"),
                      {},
                      "cannot tell whether the change is in place: " + now.error().message +
                          "; the next call settles it, and repeating this one is safe",
                      now.error().where,
                      {}});
  }
  if (settle(event, now->registry, now->hash, view.now.boot) == Closing::kDone) {
    (void)close(view, event, Closing::kDone);
    return Commit{Commit::kDone, false, warnings_};  // in place, but by a save that nobody has synced, or after a fault
  }
  make_void(view, event);
  return Commit{Commit::kPlanAgain, true, warnings_};
}

void Committer::make_void(const View& view, const Event& event) {
  if (lock_->still_excludes()) {
    write_records(event, Closing::kVoid);
  } else {
    files_written_ = false;  // they are another call's by now; the closing line makes the next call rebuild them
  }
  (void)close(view, event, Closing::kVoid);  // the registry shows "before": the next call comes to the same end
}

Result<void> Committer::renew(const Draft& draft) {
  for (const auto& [key, record] : draft.changed_records()) {
    SMB_TRY(files_.write(key, record));
    if (index_) {
      (void)index_->index->renew(key, record);
    }
  }
  if (index_) {
    (void)files_.update_index(*index_);  // a slot that shows an earlier end is looked up in the claim file
  }
  return {};
}

void Committer::write_records(const Event& event, Closing closing) {
  ClaimsState applied;
  apply(applied, event, closing);
  for (const auto& [key, record] : applied.records) {
    // A cache: the index names an older history until the end, so a failure is repaired by the next call.
    files_written_ = files_.write(key, record) && files_written_;
  }
}

bool Committer::close(const View& view, const Event& event, Closing closing) {
  if (event.changes_registry() && !history_->append(closing_line(event.number, closing))) {
    return false;
  }
  if (files_written_) {
    update_index(view, event, closing);
  }
  return true;
}

void Committer::update_index(const View& view, const Event& event, Closing closing) {
  const auto mark = history_->mark();
  if (!mark) {
    return;
  }
  ClaimsState changed;
  static_cast<ClaimsFacts&>(changed) = view.state;
  apply(changed, event, closing);
  const IndexHead head{*mark, view.now.boot, changed};
  if (!index_) {
    ClaimIndex index = whole_index(view.state, head);
    put_all(index, changed);
    index.compact();
    (void)files_.write_index(index);
    return;
  }
  ClaimIndex& index = *index_->index;
  put_all(index, changed);
  const bool fits = index.set_head(head);
  if (fits && !index.is_wasteful()) {
    (void)files_.update_index(*index_);
  } else {
    index.compact();
    (void)files_.write_index(index);
  }
}

}  // namespace smbatcher
