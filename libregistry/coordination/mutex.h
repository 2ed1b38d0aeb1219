#pragma once

#include <optional>

#include "libregistry/base/result.h"
#include "libregistry/coordination/place.h"
#include "libregistry/fs/file_lock.h"

namespace smbatcher {

/// Who holds it is alone among ours, and among originals that lock `work-registry.json.lock`.
///
/// The folder itself is locked too where the file system can: a lock file that somebody removes and another makes anew
/// excludes nobody. `.held` files of other originals are not looked at.
class CoordinationMutex {
 public:
  /// Makes the folder and its `locks` and `heartbeats` when they are not there. Errors: those of make_folders() and
  /// FileLock; kBusy "lock_timeout".
  static Result<CoordinationMutex> acquire(FileOps& ops, const CoordinationPlace& place,
                                           std::chrono::milliseconds timeout);
  /// The same with another lock file in `folder`, for what else lies there.
  static Result<CoordinationMutex> acquire(FileOps& ops, const std::string& folder, const std::string& lock_file,
                                           const LockDeadline& deadline);

 private:
  CoordinationMutex(FileLock file, std::optional<FileLock> folder)
      : file_(std::move(file)), folder_(std::move(folder)) {}

  FileLock file_;
  std::optional<FileLock> folder_;
};

}  // namespace smbatcher
