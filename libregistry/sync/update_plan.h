#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/file_places.h"
#include "libregistry/sync/index_lock.h"
#include "libregistry/sync/update_steps.h"

namespace smbatcher {

/// The folders of an update.
struct UpdatePlaces {
  FileRoot tree;
  FileRoot fresh;    // private: what git lays out; then what that displaced
  FileRoot removed;  // private: what the new commit has not any more

  static Result<UpdatePlaces> open(const RepositoryPlace& place);
};

/// Why a tree cannot be updated now.
struct Objection {
  enum class Kind {
    kNone,
    kChanged,   // git would not displace what lies there, or somebody changed it after git looked
    kInTheWay,  // files that git does not know have the names of new ones
  };
  Kind kind = Kind::kNone;
  std::vector<std::string> paths;
  std::string git_says;  // empty when it is not git that objects

  /// The first kind that is found counts.
  void add(Kind found, const std::string& path);
};

/// What git would do to a work tree.
struct UpdatePlan {
  Objection objection;
  std::vector<UpdateStep> steps;
  std::vector<std::string> new_folders;  // of submodules: git makes them and leaves them empty
  std::vector<std::string> old_folders;
};

/// Asks git what an update of the tree from one commit to another does; `from` may be a tree. The tree is not touched;
/// the new files lie in the private folder then, and the copy of the index is that of the new commit.
///
/// What may be displaced is for git to say: it knows the flags of the index, sparse rules, submodules, attributes and
/// filters, file modes. `git read-tree -m -u --dry-run` judges the tree. Then the same command without --dry-run
/// updates an empty folder: to it a file that is not there is no obstacle, so it writes what it would write. Before git
/// looks, we do (UpdateStep::before): what comes out of the tree later must be what git has judged.
/// A registry that both sides changed is not an objection: it is merged (UpdateAttempt).
/// Errors: kRefused "git_failed", as when a filter fails.
Result<UpdatePlan> plan_update(const Git& git, const RepositoryPlace& place, const UpdatePlaces& places,
                               const IndexLock& index, const std::string& from, const std::string& to);

/// The second half alone: brings the copy of the index to the new commit.
Result<void> lay_out(const Git& git, const RepositoryPlace& place, const IndexLock& index, const std::string& from,
                     const std::string& to);

}  // namespace smbatcher
