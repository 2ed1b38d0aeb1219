#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/core/process/signal_queue.h"
#include "libregistry/sync/sync_commit.h"
#include "libregistry/sync/sync_lock.h"
#include "libregistry/sync/sync_summary.h"

namespace smbatcher {

struct SyncOptions {
  CommitRules rules;
  bool accept_session_logs = false;       // --proceed: they are committed as they are
  std::optional<std::string> message;     // of commits; else "sync: auto-sync from …"
  std::optional<std::string> save_first;  // a command for /bin/sh
  bool dry_run = false;
  std::chrono::seconds wait{120};         // for another sync
  std::chrono::seconds git_timeout{600};  // for each command of git
  std::chrono::milliseconds registry_timeout{60'000};
  std::string program;  // the path of smbatcher, which git is to run as merge driver
};

/// The lock on a repository, and which one that is.
struct HeldRepository {
  std::string common_dir;
  SyncLock lock;
};

struct SyncSurroundings {
  FileOps& ops;
  const Clock& clock;
  const SignalQueue* signals = nullptr;
  const HeldRepository* held = nullptr;  // of the run that this sync is a part of
};

/// What was done, and what stopped it, if anything did.
struct SyncResult {
  SyncSummary summary;
  std::optional<Error> failure;
  std::unique_ptr<const HeldRepository>
      held{};  // after a success, until this is gone: what follows belongs to the same run
};

/// Brings the repository at `folder` in line with its remote: commit, fetch, rebase, push.
///
/// Failures, all kRefused but what the system says: those of the headers beside this one, and
/// "would_overwrite", "local_changes", "push_rejected", "busy_tree". Whatever happens: no commit is lost, no file that
/// somebody else wrote is, and the work tree is not left in the middle of anything; what a kill leaves, the next call
/// puts right. Source: docs/git-sync.md.
SyncResult sync_repository(const std::string& folder, const SyncOptions& options, const SyncSurroundings& surroundings);

}  // namespace smbatcher
