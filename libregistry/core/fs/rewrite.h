#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/replace_file.h"

namespace smbatcher {

// The replacement of a document that people write too, by a caller who holds the lock that excludes our own calls.

/// What is replaced. Errors: kIo "not_a_regular_file" for anything else, a symbolic link too; those of
/// read_file_stable().
Result<FileSnapshot> read_for_rewrite(FileOps& ops, const std::string& path, std::size_t max_size);

/// Replaces it with `bytes`, atomically and durably; what it was lies as .NAME.prev. Errors: those of
/// check_replaceable(), stage_replacement() and require_durable(); kIo "file_changing" when somebody saves it
/// meanwhile.
Result<void> rewrite(FileOps& ops, const ReplaceNames& names, const FileSnapshot& original, std::string_view bytes);

/// kIo "not_synced" where the folder of `path` could not be synced.
Result<void> require_durable(const Publication& publication, const std::string& path);

}  // namespace smbatcher
