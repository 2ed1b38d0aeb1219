#pragma once

#include <optional>
#include <string>

#include "libregistry/core/fs/file_lock.h"

namespace smbatcher {

/// The lock under which a file is read, decided on and replaced: a lock file, and the folder around it.
///
///     const LockDeadline deadline(timeout);                            // one for all locks of a call
///     lock = GuardedLock::acquire(ops, {lock_file, folder, model}, deadline);
///     ... read: what was read before does not count ...
///     ... write ...
///     if (!lock.still_excludes()) ...                                  // right before the commit point
///
/// The lock file excludes scripts, which know no other lock. The folder excludes our own calls from each other also
/// when somebody removes the lock file while it is held: the next call makes a new one and locks it, and only the
/// folder stops it. Everybody takes the lock file first, so that two calls never wait for each other. A file system
/// that locks no folders is let through, and then still_excludes() looks whether the lock file is still the same; any
/// other failure may hide a holder, and is an error.
class GuardedLock {
 public:
  struct Names {
    std::string lock_file;
    std::string folder;
    std::string model{};  // what a new lock file is shared like, see share_like(); empty or absent: like nothing
  };

  /// Errors: those of FileLock; kBusy "lock_timeout".
  static Result<GuardedLock> acquire(FileOps& ops, const Names& names, const LockDeadline& deadline);

  /// False when neither lock excludes our own calls any more: the folder cannot be locked and the lock file was
  /// replaced.
  bool still_excludes() const { return folder_.has_value() || file_.is_current(); }
  /// See FileLock::write_holder().
  void write_holder(const std::string& line) { file_.write_holder(line); }

 private:
  GuardedLock(FileLock file, std::optional<FileLock> folder) : file_(std::move(file)), folder_(std::move(folder)) {}

  FileLock file_;
  std::optional<FileLock> folder_;
};

}  // namespace smbatcher
