#pragma once

#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// What is to be put on top of what: the commits of `from` that `since` has not, on `onto`.
struct Rebase {
  std::string from;
  std::string since;
  std::string onto;
  bool drops_merges = false;  // what a merge brought in may have been taken back at the remote
};

/// Puts commits on top of others, and answers the last one. When a merge is among them, they stay as they are, and the
/// answer is a merge of both.
///
/// It happens in a work tree of its own in the private folder, with a HEAD of its own and nearly no files (a sparse
/// checkout): the shared tree is never in the middle of a rebase, and what a conflict or a kill leaves is only that
/// folder. No branch moves, no hook runs. `git` has the merge driver. `message` is that of a merge.
/// Errors, all kRefused: "rebase_conflict" naming the files, "registry_conflict" naming what contradicts what,
/// "signing_failed", "git_failed".
Result<std::string> rebase_apart(const Git& git, const RepositoryPlace& place, const Rebase& rebase,
                                 const std::string& message);

}  // namespace smbatcher
