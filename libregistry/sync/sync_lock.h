#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_lock.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// One sync of a repository at a time, on this machine.
///
/// Among ours an flock(2) on `<common>/smbatcher-sync.lock`; a guard of git keeps a copy of it (Git's `held`), so that
/// it is free only when every command of a killed sync is gone. Who has it alone makes, judges and clears the folder
/// `<common>/claudetools-sync.lock`, which syncs of another make take by mkdir(2). In there are four files of ours:
/// pid, host, start_time, boot_id. A folder whose owner is gone on this host, or that nobody touched for ten minutes,
/// is cleared: renamed, compared with what was judged, removed.
/// Source: docs/git-sync.md, "One at a time".
class SyncLock {
 public:
  static constexpr std::chrono::minutes kStale{10};

  /// Waits until `deadline`. Errors: kRefused "deferred" naming the holder; kIo as the system says.
  /// A hook that the holder's git runs does not wait for its own sync: kRefused "nested" when it is about the same
  /// work tree, else "deferred" at once.
  static Result<SyncLock> acquire(FileOps& ops, const RepositoryPlace& place, const LockDeadline& deadline,
                                  const Clock& clock);
  /// Removes the folder, when it is still ours.
  ~SyncLock();
  SyncLock(SyncLock&& other) noexcept;
  SyncLock& operator=(SyncLock&&) = delete;

  /// For Git's `held`.
  int descriptor() const { return lock_.descriptor(); }
  /// Shows syncs of another make that we live; to be called every half a minute.
  void touch() const;

 private:
  SyncLock(FileLock lock, std::string folder) : lock_(std::move(lock)), folder_(std::move(folder)) {}

  FileLock lock_;
  std::string folder_;  // empty: not ours any more
};

}  // namespace smbatcher
