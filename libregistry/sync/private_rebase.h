#pragma once

#include <string>

#include "libregistry/base/result.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// Puts the commits of `from` that `onto` has not on top of it, and answers the last one. When a merge is among them,
/// they stay as they are, and the answer is a merge of both.
///
/// It happens in a work tree of its own in the private folder, with a HEAD of its own and nearly no files (a sparse
/// checkout): the shared tree is never in the middle of a rebase, and what a conflict or a kill leaves is only that
/// folder. No branch moves, no hook runs. `git` has the merge driver.
/// Errors, all kRefused: "rebase_conflict" naming the files, "registry_conflict" naming what contradicts what.
Result<std::string> rebase_apart(const Git& git, const RepositoryPlace& place, const std::string& from,
                                 const std::string& onto);

}  // namespace smbatcher
