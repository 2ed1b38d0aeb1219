#pragma once

#include <optional>

#include "libregistry/audit/place.h"
#include "libregistry/core/fs/guarded_lock.h"

namespace smbatcher {

/// The lock under which a queue is read, decided on and written.
///
/// A GuardedLock; in in-place mode the data file itself is locked last, which is what scripts lock that write into it.
/// Source: docs/audit-queue.md, "Locks".
class AuditLock {
 public:
  /// Errors: kBusy "lock_timeout", and those of FileLock.
  static Result<AuditLock> acquire(FileOps& ops, const AuditPlace& place, const LockDeadline& deadline);

  /// There in in-place mode, when there is a data file.
  const FileLock* data() const { return data_ ? &*data_ : nullptr; }
  bool in_place() const { return in_place_; }

 private:
  explicit AuditLock(GuardedLock lock) : lock_(std::move(lock)) {}

  GuardedLock lock_;
  bool in_place_ = false;
  std::optional<FileLock> data_;
};

/// Whether the queue is set up for scripts that write into its data file.
bool is_in_place(FileOps& ops, const AuditPlace& place);

}  // namespace smbatcher
