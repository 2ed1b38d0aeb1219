#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/registry/registry_file.h"
#include "libregistry/sync/sync_record.h"
#include "libregistry/sync/tree_change.h"
#include "libregistry/sync/update_plan.h"
#include "libregistry/sync/work_tree_update.h"

namespace smbatcher {

/// One attempt of a WorkTreeUpdate: everything between taking index.lock and letting it go.
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
