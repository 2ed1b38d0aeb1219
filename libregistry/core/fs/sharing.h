#pragma once

#include <optional>
#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/core/fs/snapshot.h"

namespace smbatcher {

/// Files and folders made beside a shared one must be shared too: under the usual umask the first user's would shut the
/// rest of the group out. So they get the group and the permissions of a model, as git's core.sharedRepository has it.
/// Source: docs/claims-and-leases.md, "Sharing with a group".

/// What stat(2) says about a model; nullopt when there is none, and then nothing is shared.
std::optional<FileState> model_at(FileOps& ops, const std::string& path);

/// Gives the new file or folder `fd` the group of `model`, and its read and write permissions (a folder: its whole
/// mode). The owner always keeps reading and writing. Where the group may not be given, its members are others, and the
/// group that the file then has gets no more than others. A failure is not an error: the maker can work in any case.
void share_like(FileOps& ops, int fd, const std::optional<FileState>& model);

/// Like make_folders(), but when `path` was not there it is shared like the folder `model`.
Result<void> make_shared_folder(FileOps& ops, const std::string& path, const std::string& model);

}  // namespace smbatcher
