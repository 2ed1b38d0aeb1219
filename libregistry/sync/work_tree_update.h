#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libregistry/base/clock.h"
#include "libregistry/base/result.h"
#include "libregistry/fs/file_ops.h"
#include "libregistry/sync/file_places.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/index_lock.h"
#include "libregistry/sync/repository.h"
#include "libregistry/sync/sync_record.h"
#include "libregistry/sync/tree_change.h"

namespace smbatcher {

/// Takes a work tree in which others write from one commit to another.
///
/// git's own checkout looks at all files first and then writes over them; what is saved in between is gone. Here the
/// new files are laid out in the private folder, each is exchanged with the one in the tree (renameat2(2)), and what
/// came out is compared with what the old commit has: a file that somebody changed meanwhile goes back, and so does
/// all else. A new file takes its name only while nobody has it. The branch follows by compare-and-swap when all files
/// are in place, and the index last; index.lock is held all along, so that nobody commits half of it.
///
/// A registry that claims have changed since the commit is merged (merge_registries()) and stays changed: its tools go
/// on while we work. It is exchanged under its own lock.
///
/// A record of what is done lies in the private folder: finish_interrupted() goes on after a crash.
/// Source: docs/git-sync.md, "The work tree".
class WorkTreeUpdate {
 public:
  struct Surroundings {
    FileOps& ops;
    const Clock& clock;
    std::chrono::milliseconds lock_timeout;             // for the registry
    const std::map<std::string, std::string>& columns;  // as in Registry::parse
  };
  enum class End {
    kDone,
    kMoved,     // somebody committed meanwhile: the tree is as it was
    kChanged,   // somebody changed tracked files that the new commit changes, too: `paths`; the tree is as it was
    kInTheWay,  // files that git does not know have the names of new ones: `paths`; the tree is as it was
  };
  struct Report {
    End end = End::kDone;
    std::vector<std::string> paths;
    std::vector<std::string> kept;  // copies of what somebody saved in the last moment, to be looked at
  };

  WorkTreeUpdate(const Git& git, const RepositoryPlace& place, const Surroundings& surroundings)
      : git_(git), place_(place), surroundings_(surroundings) {}

  /// `branch` is checked out, at `from`. Errors: kRefused "registry_conflict" when a registry cannot be merged,
  /// "git_failed"; kBusy "lock_timeout" of a registry; what the system says.
  Result<Report> run(const std::string& branch, const std::string& from, const std::string& to);

  /// What a dead sync began: to be called by who has the SyncLock, before all else. Goes forward where it can, else
  /// puts back what the dead one had put in place. Also clears an index.lock of a dead sync.
  /// Answers copies of what somebody saved in the last moment. The private folder is gone then.
  Result<std::vector<std::string>> finish_interrupted();

 private:
  Result<Report> run(const SyncRecord& record, bool resumes);
  /// The tree, and what the new and the old commit have.
  struct Seen {
    const FileRoot& tree;
    const FileRoot& fresh;
    const FileRoot& former;
  };
  /// What a dead sync displaced and did not look at, or could not say any more.
  Result<void> keep_unseen(const SyncRecord& record, const std::vector<TreeChange>& changes, const Seen& seen,
                           Report& report);
  Result<std::vector<std::string>> keep_late_saves(const SyncRecord& record);

  const Git& git_;
  const RepositoryPlace& place_;
  Surroundings surroundings_;
};

}  // namespace smbatcher
