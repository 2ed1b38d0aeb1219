#include "libregistry/coordination/mutex.h"

#include <sys/stat.h>

#include "libregistry/fs/folders.h"

namespace smbatcher {
namespace {

bool is_folder(FileOps& ops, const std::string& path) {
  struct stat status {};
  return ops.stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

Result<CoordinationMutex> CoordinationMutex::acquire(FileOps& ops, const CoordinationPlace& place,
                                                     std::chrono::milliseconds timeout) {
  for (const std::string& folder : {place.locks(), place.heartbeats()}) {
    if (!is_folder(ops, folder)) {
      SMB_TRY(make_folders(ops, folder));
    }
  }
  const LockDeadline deadline(timeout);
  SMB_TRY_ASSIGN(FileLock file, FileLock::acquire(ops, place.mutex(), deadline));
  Result<FileLock> folder = FileLock::acquire_folder(ops, place.folder, deadline);
  if (!folder && folder.error().reason != "not_supported") {
    return fail(std::move(folder).error());
  }
  return CoordinationMutex(std::move(file), folder ? std::optional(*std::move(folder)) : std::nullopt);
}

}  // namespace smbatcher
