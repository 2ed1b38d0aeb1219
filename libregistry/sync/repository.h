#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/git_command.h"

namespace smbatcher {

/// Where a repository is.
struct RepositoryPlace {
  std::string top;         // of the work tree
  std::string git_dir;     // of this work tree: index and HEAD
  std::string common_dir;  // of all its work trees: branches and objects

  /// Where a sync keeps what it works on; whatever is left there is a dead one's.
  std::string private_dir() const { return git_dir + "/smbatcher-sync"; }
};

/// A path that differs from HEAD.
struct ChangedPath {
  std::string path;
  bool is_new = false;      // untracked, or added to the index only
  bool is_deleted = false;  // in the work tree
  bool is_submodule = false;
  bool only_inside = false;  // of a submodule: nothing of it is to be committed, its commit is the same or is_behind
  bool is_behind = false;    // of a submodule: what is checked out lacks the commit that is recorded
};

/// What `git status` says.
struct WorkTreeState {
  std::string head;    // commit; empty before the first one
  std::string branch;  // "refs/heads/main"
  std::vector<ChangedPath> changes;
  std::vector<std::string> left_out;  // changed, but outside of the sparse checkout: git add does not take them
};

/// The branch of the remote that ours follows.
struct Upstream {
  std::string remote;      // "origin"
  std::string remote_ref;  // "refs/heads/main", there
  std::string tracking;    // "refs/remotes/origin/main", here
};

/// Errors, all kRefused: "not_a_repository", "bare_repository".
Result<RepositoryPlace> find_repository(const Git& git, const std::string& folder);

/// Errors, all kRefused: "merge_in_progress", "rebase_in_progress", "cherry_pick_in_progress", "revert_in_progress",
/// "bisect_in_progress".
Result<void> check_nothing_in_progress(const RepositoryPlace& place);

/// Errors, all kRefused: "detached_head", "unmerged_files".
Result<WorkTreeState> read_state(const Git& git);

/// Errors, all kRefused: "no_remote", "no_upstream".
Result<Upstream> find_upstream(const Git& git, const std::string& branch);

/// The commit that a name leads to; empty when it leads nowhere.
Result<std::string> commit_of(const Git& git, const std::string& name);
/// The commit; the tree without a file for none.
Result<std::string> tree_or_empty(const Git& git, const std::string& commit);
/// True when `ancestor` is `commit` or comes before it.
Result<bool> is_ancestor(const Git& git, const std::string& ancestor, const std::string& commit);

}  // namespace smbatcher
