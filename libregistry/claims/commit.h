#pragma once

#include <vector>

#include "libregistry/claims/claim_files.h"
#include "libregistry/claims/draft.h"
#include "libregistry/claims/view.h"
#include "libregistry/fs/replace_file.h"

namespace smbatcher {

struct Commit {
  enum Result { kDone, kPlanAgain };
  Result result = kDone;
  bool durable = true;
  std::vector<Warning> warnings;  // conflict copies that were kept
};

/// The writing half of change(): settles what was left open, and carries a draft out. Its caller holds the lock.
class Committer {
 public:
  Committer(const Queue& queue, const RegistryLock& lock);

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

  const Queue* queue_;
  const RegistryLock* lock_;
  ClaimFiles files_;
  std::optional<HistoryFile> history_;
  std::optional<IndexFile> index_;  // only while it is believed
  bool trusted_ = true;
  bool files_written_ = true;  // no claim file could not be written
  std::vector<Warning> warnings_;
};

}  // namespace smbatcher
