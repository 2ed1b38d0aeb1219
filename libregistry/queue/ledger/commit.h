#pragma once

#include <vector>

#include "libregistry/core/fs/replace_file.h"
#include "libregistry/queue/ledger/view.h"
#include "libregistry/queue/records/claim_files.h"
#include "libregistry/queue/verbs/draft.h"

namespace smbatcher {

struct Commit {
  enum Result { kDone, kPlanAgain };
  Result result = kDone;
  bool durable = true;
  std::vector<Warning> warnings;  // conflict copies that were kept
};

/// The writing half of change(): settles what was left open, and carries a draft out. Its caller holds the lock, and
/// blocks stop signals from settled_view() to the end of commit().
///
///     Committer committer(queue, lock);
///     for (;;) {
///       const BlockStopSignals block;
///       const View view = committer.settled_view();   // always first
///       Draft draft = ...;                            // planned on this view
///       if (!view.state.records.fits()) {
///         committer.distrust_index();                 // and never commit() what was planned on it
///         continue;
///       }
///       if (committer.commit(view, draft, block) is not kPlanAgain) return;
///     }
///
/// settled_view() comes first because an intent that a dead process left open is neither in force nor void: a draft
/// that is planned before somebody has said which could give its batch to a second owner. A view is good for one
/// commit(): afterwards the history's end, the index and perhaps the registry are no longer what it says.
///
/// commit() has an order of its own, which makes a kill between any two of its steps harmless:
///   1. `.part` of the registry is begun. Nobody believes it; the next holder of the lock removes it.
///   2. The files of new batches are written: a row must not name a batch whose file is not there. Then the event goes
///      into the history, synced. Until then nothing else may show its token: after a crash the history alone tells
///      which tokens were given, and one that it does not know would be given again.
///   3. The claim files. They are a cache: the index still names the history's former end, so the next call does not
///      believe them.
///   4. `.part` becomes `.next`. After the intent: a `.next` with a text that no intent names is taken for a person's.
///   5. The registry is exchanged: the commit point. (Without a change of it, the event's own line is.)
///   6. The closing line, then the index. Last, because an index that names the history's end is believed.
/// A change that only renews leases writes the claim files and their index, and no event.
class Committer {
 public:
  Committer(const QueueContext& queue, const RegistryLock& lock);

  /// Registry and claims with nothing left open: repairs, under the lock, whatever a dead process left.
  Result<View> settled_view();

  /// A claim file did not fit: the next settled_view() derives everything from the history, and repairs.
  void distrust_index() { trusted_ = false; }

  /// Writes the draft as one event. kPlanAgain: somebody saved the registry first, nothing of the draft is in force.
  Result<Commit> commit(const View& view, const Draft& draft, const BlockStopSignals& block);

 private:
  Result<void> repair(HistoryFile& history, const std::optional<IndexFile>& index, View& view);
  Result<void> append_event(const View& view, const Event& event);
  /// The half that changes the registry's bytes.
  Result<Commit> commit_text(const View& view, const Draft& draft, Event event, const EditedText& after,
                             const BlockStopSignals& block);
  /// The batch files that go with the draft, the intent to the history, synced, and the claim files.
  Result<void> announce(const View& view, const Draft& draft, const Event& event);
  Result<Commit> publish(const View& view, const Event& event, const ReplaceNames& names, const Pieces& after,
                         const BlockStopSignals& block);
  /// Takes an intent back: claim files as before, then the closing line.
  void make_void(const View& view, const Event& event);
  /// Closes an intent whose publication somebody else's save may have overtaken, by settling's rule.
  Result<Commit> settle_now(const View& view, const Event& event);
  Result<void> renew(const Draft& draft);
  /// Closing line, then the index. False when the intent is still open in the file.
  bool close(const View& view, const Event& event, Closing closing);
  void write_records(const Event& event, Closing closing);
  void update_index(const View& view, const Event& event, Closing closing);

  const QueueContext* queue_;
  const RegistryLock* lock_;
  ClaimFiles files_;
  std::optional<HistoryFile> history_;
  std::optional<IndexFile> index_;  // only while it is believed
  bool trusted_ = true;
  bool files_written_ = true;  // no claim file could not be written
  std::vector<Warning> warnings_;
};

}  // namespace smbatcher
