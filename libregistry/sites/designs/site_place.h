#pragma once

#include <optional>
#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_lock.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

// Where something is written or read on behalf of a domain. For use inside libregistry/designs.

/// Whether the folder is there. Errors: kIo "not_a_folder" for anything else, a symbolic link too: nothing is written
/// through one.
Result<bool> has_real_folder(FileOps& ops, const std::string& path);

/// Creates `folder`, where absent, and inside it those that `relative` ("docs/DESIGN.md") needs; none of them may be a
/// link. New ones are shared like `model`.
Result<void> make_folders_inside(FileOps& ops, const std::string& folder, const std::string& relative,
                                 const std::string& model);

/// Whether a file is at `folder`/`name`, with no link among the folders of `name`. Errors: as has_real_folder(); kIo
/// "not_a_regular_file" for anything else, and for a symbolic link that does not lead to a file with content inside
/// `folder`.
Result<bool> has_file_inside(FileOps& ops, const std::string& folder, const std::string& name);

/// Excludes other calls of ours that write in this folder. A file system that cannot lock folders gives none: what is
/// written is whole all the same. kBusy "lock_timeout".
Result<std::optional<FileLock>> lock_folder(FileOps& ops, const std::string& folder, const LockDeadline& deadline);

}  // namespace smbatcher
