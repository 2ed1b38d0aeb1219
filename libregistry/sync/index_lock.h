#pragma once

#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// git's own lock of the index (index.lock), held by us over several git commands.
///
/// While we hold it, no git of anybody changes the index or commits. Our gits work on a copy of the index in the
/// private folder (GIT_INDEX_FILE); install() puts that in its place. The lock file holds kMark, by which the next sync
/// knows the lock of a dead one: git's own locks are empty or begin with "DIRC".
class IndexLock {
 public:
  static constexpr const char* kMark = "smbatcher-sync\n";

  /// Waits a few seconds for a git that has it, and takes over that of a dead sync: the caller has the SyncLock.
  /// Errors: kRefused "index_locked"; kIo as the system says. The private folder must be there.
  static Result<IndexLock> acquire(const RepositoryPlace& place);
  ~IndexLock();
  IndexLock(IndexLock&& other) noexcept;
  IndexLock& operator=(IndexLock&&) = delete;

  /// The copy that commands with `environment()` work on.
  const std::string& copy() const { return copy_; }
  std::string environment() const { return "GIT_INDEX_FILE=" + copy_; }
  /// The copy becomes the index, and the lock is released.
  Result<void> install();

  /// True when the lock is there, and ours: of a dead sync, for the caller that holds the SyncLock and no IndexLock.
  static bool is_left_behind(const RepositoryPlace& place);
  static void remove_left_behind(const RepositoryPlace& place);
  /// The copy that a sync worked on, dead or alive.
  static std::string copy_of(const RepositoryPlace& place) { return place.private_dir() + "/index"; }

 private:
  IndexLock(std::string lock, std::string index, std::string copy)
      : lock_(std::move(lock)), index_(std::move(index)), copy_(std::move(copy)) {}

  std::string lock_;  // empty: released
  std::string index_;
  std::string copy_;
};

}  // namespace smbatcher
