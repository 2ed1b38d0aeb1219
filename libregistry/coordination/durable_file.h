#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/core/fs/replace_file.h"

namespace smbatcher {

/// The durable replacement of a JSON file that people edit, by a caller who holds the lock that excludes our own calls.
/// For use inside libregistry/coordination.

inline constexpr std::size_t kLargestDurableFile = std::size_t{64} << 20U;

/// The file as it is; nullopt when there is none. Errors: those of read_for_rewrite().
Result<std::optional<FileSnapshot>> read_for_change(FileOps& ops, const std::string& path);

/// Puts `after` in the place of `before` (nullopt: creates the file), atomically and durably. kDone, or what kept it
/// from being published: then read and decide again. Conflict copies that were kept are warned about.
/// Errors: those of check_replaceable(), stage_replacement() and publish_replacement(); kIo "durability_unknown" when
/// the text is in place but its folder could not be synced.
Result<Published> change_durably(FileOps& ops, const ReplaceNames& names, const std::optional<FileSnapshot>& before,
                                 std::string_view after, std::vector<Warning>& warnings);

/// What to say when a file was saved by others until the time was over: kIo "conflict".
Error kept_changing(const std::string& path);

/// The warning about a conflict copy.
Warning conflict_copy_of(const std::string& path, std::string kept);

}  // namespace smbatcher
