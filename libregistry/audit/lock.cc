#include "libregistry/audit/lock.h"

namespace smbatcher {

bool is_in_place(FileOps& ops, const AuditPlace& place) {
  struct stat status {};
  return ops.lstat(place.in_place_mark, &status) == 0;
}

Result<AuditLock> AuditLock::acquire(FileOps& ops, const AuditPlace& place, const LockDeadline& deadline) {
  SMB_TRY_ASSIGN(GuardedLock guarded, GuardedLock::acquire(ops, {place.lock_file, place.folder, place.data}, deadline));
  AuditLock lock(std::move(guarded));
  lock.in_place_ = is_in_place(ops, place);  // under the lock: who changes the mode holds it
  if (lock.in_place_) {
    auto data = FileLock::acquire_data(ops, place.data, FileLock::Kind::kExclusive, deadline);
    if (data) {
      lock.data_ = std::move(*data);
    } else if (data.error().code != Errc::kNotFound) {
      return fail(std::move(data).error());
    }
  }
  return lock;
}

}  // namespace smbatcher
