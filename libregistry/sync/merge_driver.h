#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// git's merge driver for registries (gitattributes(5), "Defining a custom merge driver"): `smbatcher registry-merge`.
inline constexpr const char* kMergeDriver = "smbatcher-registry";

/// `git`, for a rebase, with the driver for every REGISTRY.md, also where nobody set it up; needs the private folder.
/// `program` is the path of smbatcher.
Result<Git> with_merge_driver(const Git& git, const RepositoryPlace& place, const std::string& program);

/// Sets the driver up for git itself: in the repository's configuration, and in .smbatcher/.gitattributes, which is
/// tracked; and makes .smbatcher/.gitignore. Answers what was changed, by name.
Result<std::vector<std::string>> set_up_merge_driver(FileOps& ops, const Git& git, const RepositoryPlace& place,
                                                     const std::string& program, bool dry_run);

}  // namespace smbatcher
