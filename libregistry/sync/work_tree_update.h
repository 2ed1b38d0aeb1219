#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"
#include "libregistry/sync/sync_record.h"
#include "libregistry/sync/update_plan.h"

namespace smbatcher {

/// Takes a work tree in which others write from one commit to another.
///
/// What is to be touched git decides: plan_update(). But its own checkout looks at all files first and then writes over
/// them; what is saved in between is gone. Here each new file is exchanged with the one in the tree (renameat2(2)), and
/// what came out is compared with what git has judged: a file that somebody changed meanwhile goes back, and so does
/// all else. A new file takes its name only while nobody has it. The branch follows by compare-and-swap when all files
/// are in place, and the index last; index.lock is held all along, so that nobody commits half of it.
///
/// A registry that claims have changed since the commit is merged (merge_registries()) and stays changed: its tools go
/// on while we work. It is exchanged under its own lock.
///
/// A record of what is done lies in the private folder: finish_interrupted() takes it back after a crash, or goes on.
/// Source: docs/git-sync.md, "The work tree".
class WorkTreeUpdate {
 public:
  struct Surroundings {
    FileOps& ops;
    const Clock& clock;
    std::chrono::milliseconds lock_timeout;             // for the registry
    const std::map<std::string, std::string>& columns;  // as in Registry::parse
  };
  /// A registry that the update has changed: its bytes right before and after.
  struct ChangedRegistry {
    std::string path;
    std::string before;
    std::string after;
  };
  struct Report {
    bool moved = false;             // somebody committed meanwhile: the tree is as it was
    Objection objection;            // the tree is as it was, too
    std::vector<std::string> kept;  // copies of what somebody saved in the last moment, to be looked at
    std::vector<ChangedRegistry> registries;

    bool done() const { return !moved && objection.kind == Objection::Kind::kNone; }
  };

  WorkTreeUpdate(const Git& git, const RepositoryPlace& place, const Surroundings& surroundings)
      : git_(git), place_(place), surroundings_(surroundings) {}

  /// `branch` is checked out, at `from`; that is empty before the first commit. Errors: kRefused "registry_conflict"
  /// when a registry cannot be merged, "git_failed"; kBusy "lock_timeout" of a registry; what the system says.
  /// `held` is the lock of the index, where the caller has taken it before.
  Result<Report> run(const std::string& branch, const std::string& from, const std::string& to,
                     std::optional<IndexLock> held = std::nullopt);

  /// What a dead sync began: to be called by the holder of the SyncLock, before all else. Goes forward when the branch
  /// had moved, else puts back what the dead one had put in place. Also clears an index.lock of a dead sync. Answers
  /// copies of what somebody saved in the last moment. The private folder is gone then.
  Result<std::vector<std::string>> finish_interrupted();

 private:
  Result<std::vector<std::string>> finish_update(const SyncRecord& record);
  Result<void> finish_commit(const SyncRecord& record);

  const Git& git_;
  const RepositoryPlace& place_;
  Surroundings surroundings_;
};

}  // namespace smbatcher
