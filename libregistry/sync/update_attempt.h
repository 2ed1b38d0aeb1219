#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "libregistry/registry/registry_file.h"
#include "libregistry/sync/file_places.h"
#include "libregistry/sync/sync_record.h"
#include "libregistry/sync/tree_change.h"
#include "libregistry/sync/work_tree_update.h"

namespace smbatcher {

/// The folders of an update.
struct UpdatePlaces {
  FileRoot tree;
  FileRoot fresh;    // what the new commit has; then what it displaced
  FileRoot former;   // what the old commit has
  FileRoot removed;  // what the new commit has not any more
};

/// One attempt of a WorkTreeUpdate: everything between taking index.lock and letting it go.
class UpdateAttempt {
 public:
  using Report = WorkTreeUpdate::Report;
  using End = WorkTreeUpdate::End;

  /// `resumes`: a dead sync has begun the same.
  UpdateAttempt(const Git& git, const RepositoryPlace& place, const WorkTreeUpdate::Surroundings& surroundings,
                SyncRecord record, UpdatePlaces places, bool resumes);

  Result<Report> run(const std::vector<TreeChange>& changes, IndexLock& index);
  /// True while the tree may be between the two commits: only the next sync can say.
  bool is_unsettled() const { return is_unsettled_; }

 private:
  struct Item {
    TreeChange change;
    enum class State { kToDo, kPlaced, kThereBefore } state = State::kToDo;
    std::optional<FileShape> unusual;  // not byte for byte what the old commit gives, but the same to git
    struct stat placed {};             // what was put in place
  };

  Result<bool> take_over_index(const IndexLock& index);
  bool removes_on_the_way(const std::string& path) const;
  void object(End end, const std::string& path);
  Result<void> judge(Item& item);
  Result<void> lock_registries(std::vector<RegistryLock>& locks);
  Result<void> place_all();
  Result<void> place(Item& item);
  Error cannot_place(const std::string& path, int error_number) const;
  void note_placed(Item& item);
  Result<void> add(Item& item);
  enum class Reaction { kObject, kOnlyAnswer };
  Result<bool> exchange(Item& item, const std::optional<FileShape>& expected, Reaction reaction);
  Result<void> remove(Item& item, const std::optional<FileShape>& expected);
  Result<void> place_registry(Item& item);
  static bool is_as_placed(const Item& item, const FileRoot& root);
  void give_back(Item& item);
  void give_back_of_dead(Item& item);
  const FileRoot& displaced(const Item& item) const { return item.change.is_there ? fresh_ : removed_; }
  void keep(const Item& item);
  void roll_back();
  void keep_late_saves();
  Result<void> move_branch();

  const Git& git_;
  Git steady_;  // not interrupted by signals
  const RepositoryPlace& place_;
  const WorkTreeUpdate::Surroundings& surroundings_;
  SyncRecord record_;
  FileRoot tree_;
  FileRoot fresh_;
  FileRoot former_;
  FileRoot removed_;
  bool resumes_;
  bool is_unsettled_;
  std::vector<Item> items_;
  Report report_;
};

}  // namespace smbatcher
