#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/registry/registry_file.h"
#include "libregistry/sync/sync_record.h"
#include "libregistry/sync/tree_change.h"
#include "libregistry/sync/update_plan.h"
#include "libregistry/sync/work_tree_update.h"

namespace smbatcher {

/// One attempt of a WorkTreeUpdate: everything between taking index.lock and letting it go.
///
/// An object makes one of three calls, once:
///
///     write_record(place, record)                    record = read_record(place)    // of a dead sync
///     UpdateAttempt attempt(..., record, ...)        UpdateAttempt attempt(..., record, ...)
///     attempt.run(index)                             is the branch at record.to?
///     if (!attempt.is_unsettled())                     no:  attempt.take_back()
///       remove_record(place)                           yes: attempt.go_on(index)
///                                                    remove_record(place)
///
/// The record is there before run() and goes after it, because it alone tells the next sync that the tree may be
/// between two commits. run() itself, step by step:
///   1. Plan, and lay the new files out in the private folder. The tree is as it was.
///   2. Lock the registries that change, before any of them is read for its merge: what a claim wrote between the merge
///      and the exchange would be missing from the merged text.
///   3. Write the steps down, before the first of them: after a crash, the steps and what lies in the private folder
///      tell which files are in place.
///   4. Exchange the files, removals first: a new folder may need the name of an old file. An objection, or an error,
///      puts everything back.
///   5. Move the branch by compare-and-swap: the commit point. Until then the only way is back, afterwards forward.
///   6. Let the registries go, and install the index. After the branch: an index ahead of it would hold the new files
///      as staged changes of the caller's own.
///   7. Look once more at the displaced files: editors that had them open may have written since.
class UpdateAttempt {
 public:
  using Report = WorkTreeUpdate::Report;

  UpdateAttempt(const Git& git, const RepositoryPlace& place, const WorkTreeUpdate::Surroundings& surroundings,
                SyncRecord record, UpdatePlaces places);

  Result<Report> run(IndexLock& index);
  /// True while the tree may be between the two commits: only the next sync can say.
  bool is_unsettled() const { return is_unsettled_; }

  /// Of a dead attempt: everything back to where it was, with what editors wrote into it since. A registry stays
  /// merged: claims may have changed it since. Answers copies that were kept.
  Result<std::vector<std::string>> take_back();
  /// Of a dead attempt that moved the branch, so that all is in place: keeps what was written into displaced files.
  /// The index follows.
  Result<std::vector<std::string>> go_on(IndexLock& index);

 private:
  struct Item {
    UpdateStep step;
    bool placed = false;
  };

  void object(Objection::Kind kind, const std::string& path) { report_.objection.add(kind, path); }
  bool has_objection() const { return report_.objection.kind != Objection::Kind::kNone; }
  Result<void> write_down() const;
  Result<void> lock_registries(std::vector<RegistryLock>& locks);
  Result<void> place_all(const UpdatePlan& plan);
  Result<void> place(Item& item);
  Error cannot_place(const std::string& path, int error_number) const;
  Result<void> add(Item& item);
  enum class Reaction { kObject, kOnlyAnswer };
  Result<bool> exchange(Item& item, const std::string& expected, Reaction reaction);
  Result<void> remove(Item& item);
  Result<std::optional<std::string>> old_registry(const std::string& path) const;
  Result<void> place_registry(Item& item);
  void give_back(Item& item);
  const FileRoot& displaced(const UpdateStep& step) const { return step.adds ? places_.fresh : places_.removed; }
  void keep(const UpdateStep& step);
  void roll_back();
  void recall_steps();
  Result<bool> is_contained(const UpdateStep& step) const;
  Result<void> keep_late_saves();
  Result<void> move_branch();

  const Git& git_;
  Git steady_;  // not interrupted by signals
  const RepositoryPlace& place_;
  const WorkTreeUpdate::Surroundings& surroundings_;
  SyncRecord record_;
  UpdatePlaces places_;
  bool is_unsettled_ = false;
  std::vector<Item> items_;
  Report report_;
};

}  // namespace smbatcher
