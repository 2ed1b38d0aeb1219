#pragma once

#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/core/fs/snapshot.h"

namespace smbatcher {

/// Gives the open new file `fd` the user xattrs, group, owner, mode and POSIX ACL of the file `path`, whose state is
/// `original`. For use inside libregistry/fs.
///
/// The owner may be lost when only a privileged user could keep it. Errors: kIo "cannot_keep_ownership" when another of
/// them would be lost, since that would hide the file from its readers or show it to others.
Result<void> keep_attributes(FileOps& ops, int fd, const std::string& path, const FileState& original);

/// True when a new file of ours can get the group of `original` for certain: it is one of our own groups.
bool is_in_our_groups(const FileState& original);

}  // namespace smbatcher
