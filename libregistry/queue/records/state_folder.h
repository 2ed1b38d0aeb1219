#pragma once

#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// The folder of history and claims, which git leaves alone: its `.gitignore` ignores everything in it, itself too.
/// What a branch contains, adds, stashes or brings back therefore never touches the state of a machine.
///
/// Former versions kept both beside the registry, where a tracked `.gitignore` protected them. The first call under the
/// lock moves them: claim files and history are copied, the copy is synced, then the old history is closed with a line
/// of format 2 (the commit point: programs of format 1 answer "newer_format" from then on), the copy gets its name, and
/// of the old history only that line is left. Until the copy has its name the old files are in force, for readers too;
/// a kill in between only makes the next call do it again.
/// Source: docs/claims-and-leases.md, "The state folder".

/// Makes the folder, and its `.gitignore` before anything else in it; again where either has gone. Needs the lock.
Result<void> ensure_state_folder(FileOps& ops, const RegistryPaths& paths);

/// Moves the state that a former version left beside the registry, if there is any. Needs the lock. A history that lies
/// there although the state was moved, such as a checkout brings back, is ignored: the answer warns of it.
/// Errors: kMalformed "newer_format"; kIo where something cannot be read or written, and then nothing has changed.
Result<std::vector<Warning>> move_former_state(FileOps& ops, const RegistryPaths& paths);

/// `paths` with the history and claims that are in force: the former ones until they are moved. Of a path that tells
/// nothing about the locked calls of today, such as a reader's.
Result<RegistryPaths> paths_in_force(FileOps& ops, const RegistryPaths& paths);

/// A warning where an old history is ignored, as move_former_state() gives it.
std::vector<Warning> ignored_history(FileOps& ops, const RegistryPaths& paths);

}  // namespace smbatcher
