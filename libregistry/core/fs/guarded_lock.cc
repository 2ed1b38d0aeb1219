#include "libregistry/core/fs/guarded_lock.h"

#include "libregistry/core/fs/sharing.h"

namespace smbatcher {

Result<GuardedLock> GuardedLock::acquire(FileOps& ops, const Names& names, const LockDeadline& deadline) {
  SMB_TRY_ASSIGN(FileLock file, FileLock::acquire(ops, names.lock_file, deadline));
  if (file.created() && !names.model.empty()) {
    share_like(ops, file.descriptor(), model_at(ops, names.model));
  }
  Result<FileLock> folder = FileLock::acquire_folder(ops, names.folder, deadline);
  if (!folder && folder.error().reason != ErrorWord("not_supported")) {
    return fail(std::move(folder).error());
  }
  return GuardedLock(std::move(file), folder ? std::optional(*std::move(folder)) : std::nullopt);
}

}  // namespace smbatcher
