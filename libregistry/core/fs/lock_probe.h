#pragma once

#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// Whether flock(2) in `folder` really keeps a second process out: some network file systems answer "locked" to
/// everybody. A forked child tries to lock what we hold.
///
/// It locks a file without a name (O_TMPFILE), so nothing is seen and nothing is left behind, whatever ends us. Where
/// the file system has no such files it is `.lock-probe-<pid>`, which the child removes before it tries; SIGKILL in the
/// moment before that leaves it. Locks that are in use are not touched. The caller has one thread.
///
/// False: a second process got the lock. Errors: kIo "locking_not_supported", or what the system said: above all
/// "permission_denied" and "read_only_file_system" for a folder in which nothing can be made.
Result<bool> flock_excludes(FileOps& ops, const std::string& folder);

/// What the file system of `path` is called, as mount(8) has it: "ext4"; of a kind that we do not know, the number that
/// statfs(2) gives. Errors: kIo.
Result<std::string> file_system_kind(const std::string& path);

}  // namespace smbatcher
