#include "libregistry/coordination/mutex.h"

#include <sys/stat.h>

#include "libregistry/fs/folders.h"

namespace smbatcher {
Result<CoordinationMutex> CoordinationMutex::acquire(FileOps& ops, const CoordinationPlace& place,
                                                     std::chrono::milliseconds timeout) {
  for (const std::string& folder : {place.locks(), place.heartbeats()}) {
    if (!is_folder(ops, folder)) {
      SMB_TRY(make_folders(ops, folder));
    }
  }
  return acquire(ops, place.folder, place.mutex(), LockDeadline(timeout));
}

Result<CoordinationMutex> CoordinationMutex::acquire(FileOps& ops, const std::string& folder,
                                                     const std::string& lock_file, const LockDeadline& deadline) {
  SMB_TRY_ASSIGN(FileLock file, FileLock::acquire(ops, lock_file, deadline));
  Result<FileLock> around = FileLock::acquire_folder(ops, folder, deadline);
  if (!around && around.error().reason != "not_supported") {
    return fail(std::move(around).error());
  }
  return CoordinationMutex(std::move(file), around ? std::optional(*std::move(around)) : std::nullopt);
}

}  // namespace smbatcher
