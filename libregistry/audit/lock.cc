#include "libregistry/audit/lock.h"

#include "libregistry/fs/sharing.h"

namespace smbatcher {

bool is_in_place(FileOps& ops, const AuditPlace& place) {
  struct stat status {};
  return ops.lstat(place.in_place_mark, &status) == 0;
}

Result<AuditLock> AuditLock::acquire(FileOps& ops, const AuditPlace& place, const LockDeadline& deadline) {
  SMB_TRY_ASSIGN(FileLock file, FileLock::acquire(ops, place.lock_file, deadline));
  if (file.created()) {
    share_like(ops, file.descriptor(), model_at(ops, place.data));
  }
  auto folder = FileLock::acquire_folder(ops, place.folder, deadline);
  if (!folder && folder.error().reason != "not_supported") {
    return fail(std::move(folder).error());
  }
  AuditLock lock(std::move(file), folder ? std::optional(std::move(*folder)) : std::nullopt);
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
