#pragma once

#include <functional>
#include <string_view>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/replace_file.h"

namespace smbatcher {

enum class Sync { kNo, kYes };

/// Writes a new file at names.part: created with `mode`, given to `prepare` while it is empty (may be null), filled,
/// synced if asked for, closed. A .part that is there is unfinished work and goes. Removes it on failure. For use
/// inside libregistry/fs.
Result<void> write_part(FileOps& ops, const ReplaceNames& names, const Pieces& text, mode_t mode, Sync sync,
                        const std::function<Result<void>(int fd)>& prepare);

/// Whether a replacement of `path` could keep its attributes: tries it on an empty .part, which goes again. Errors: as
/// keep_attributes(). For use inside libregistry/fs.
Result<void> try_attributes(FileOps& ops, const std::string& path, const FileState& original);

/// True when `path` is a regular file with exactly these bytes; false for any other file, also one that may not be
/// read. `state`, when given, gets what fstat(2) says about it. For use inside libregistry/fs.
Result<bool> holds_text(FileOps& ops, const std::string& path, const Pieces& text, FileState* state = nullptr);
/// The same of what is read from `fd`; `path` is for messages.
Result<bool> is_text(FileOps& ops, int fd, const std::string& path, const Pieces& text);

}  // namespace smbatcher
