#pragma once

#include <chrono>
#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// When a wait for locks ends. One deadline bounds several locks taken one after the other.
class LockDeadline {
 public:
  /// Zero means one attempt without waiting.
  explicit LockDeadline(std::chrono::milliseconds timeout);
  bool passed() const;
  /// Nothing to wait for: try once.
  bool immediate() const { return timeout_.count() == 0; }
  std::chrono::milliseconds timeout() const { return timeout_; }
  std::chrono::milliseconds left() const;  // on the monotonic clock, never negative

 private:
  std::chrono::milliseconds timeout_;
  std::chrono::steady_clock::time_point end_;
};

/// An exclusive flock(2) on a lock file that is never renamed or removed.
///
/// It locks a file beside the data, not the data: the data is replaced by rename, and a lock on the old inode excludes
/// nobody. The kernel drops the lock when the process dies, so there is no stale lock to recover. It excludes and is
/// excluded by Python's fcntl.flock on the same file; POSIX record locks (lockf, fcntl F_SETLK) are a different kind.
/// It can be moved, not copied.
///
/// Somebody may remove the lock file while it is held; then is_current() says so. GuardedLock shows the order of calls.
///
/// Source: docs/claims-and-leases.md, "The lock".
class FileLock {
 public:
  /// Blocks in flock(2) until `deadline` (no polling: pollers starve). Creates the file when it is absent and follows
  /// no symbolic link. After locking, the descriptor is compared with the name: a file removed meanwhile is opened
  /// anew. Errors: kBusy "lock_timeout" when time is up; kIo "not_a_regular_file", "locking_not_supported", or what
  /// open(2) said. A wait uses SIGALRM; its former handling is back when the call returns.
  static Result<FileLock> acquire(FileOps& ops, const std::string& path, const LockDeadline& deadline);
  /// The same on an existing folder. kIo "not_supported" where the file system cannot lock folders.
  static Result<FileLock> acquire_folder(FileOps& ops, const std::string& path, const LockDeadline& deadline);
  /// The same on a file of data that others lock and write in place: it is not created (kNotFound "not_found"), and
  /// with kShared many may read it at a time, also one that the caller may not write.
  enum class Kind { kExclusive, kShared };
  static Result<FileLock> acquire_data(FileOps& ops, const std::string& path, Kind kind, const LockDeadline& deadline);

  int descriptor() const { return descriptor_.get(); }
  bool created() const { return created_; }  // there was no lock file
  /// True while the name still leads to the locked file.
  bool is_current() const;

  /// One advisory line about the holder, for the message of those who time out; never a base for a decision.
  void write_holder(const std::string& line);
  static std::string read_holder(FileOps& ops, const std::string& path);

 private:
  FileLock(FileOps& ops, std::string path, Descriptor descriptor, bool created);
  struct Way;
  static Result<FileLock> acquire_with(FileOps& ops, const std::string& path, const Way& way,
                                       const LockDeadline& deadline);

  FileOps* ops_;
  std::string path_;
  Descriptor descriptor_;  // closing it, at the latest with this object, releases the lock
  bool created_ = false;
};

}  // namespace smbatcher
