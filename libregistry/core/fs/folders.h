#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// "a/b" of "a/b/c", "." of "c", "/" of "/c".
std::string folder_of(const std::string& path);

/// Whether there is something at `path`, or a folder; links are followed. What cannot be looked at is not there.
bool exists(FileOps& ops, const std::string& path);
bool is_folder(FileOps& ops, const std::string& path);

/// Renames `path` to "<kept_prefix>.<what>-<UTC time>" (and "-2", "-3" … when taken): corrupt and conflict copies.
/// Answers the new path. Never replaces a file.
Result<std::string> set_aside(FileOps& ops, const std::string& path, const std::string& kept_prefix,
                              std::string_view what);

/// Renames `from` to `to` unless `to` exists: 0, EEXIST, or what renameat2(2) said. Where the file system has no
/// RENAME_NOREPLACE, it looks first; that is only as good as the lock that the caller holds.
int rename_to_free_name(FileOps& ops, const std::string& from, const std::string& to);

/// Makes the names in `folder` durable.
Result<void> sync_folder(FileOps& ops, const std::string& folder);

/// Creates `path` and its missing parents, each with its name synced. An existing folder is fine.
/// Errors: kIo "not_a_folder" when something else has that name.
Result<void> make_folders(FileOps& ops, const std::string& path);

/// The names in a folder, in no order, without "." and ".."; none when it cannot be read. For folders of thousands:
/// a directory_iterator takes ten times as long.
std::vector<std::string> names_in_folder(const std::string& path);

}  // namespace smbatcher
