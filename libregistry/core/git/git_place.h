#pragma once

#include <string>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Where a caller stands, as git sees it.
struct GitPlace {
  std::string found_at;    // the folder where git's discovery ends; empty outside any repository
  std::string tree;        // the top of the work tree there; empty in a bare repository
  std::string main;        // the checkout that keeps the queue of all its linked trees: `tree` itself unless that is a
                           // linked one; empty where the repository has none
  std::string git_folder;  // common to all work trees; known where `main` is empty
};

/// Follows git's own rules (gitrepository-layout(5), git-worktree(1)) from `start`, an absolute path without links,
/// upwards.
///
/// Two plain shapes are read from the files, with a few stat(2) and a small read: a `.git` folder with HEAD, objects
/// and refs, without a `commondir`, and with a config that names no other work tree, includes nothing and is not bare;
/// and a linked tree whose `.git` file, git folder, way back and common folder all fit, in a plain repository. Of any
/// other shape `git rev-parse` is asked, and what it refuses is refused. Variables such as GIT_DIR do not count: a hook
/// that calls a tool means the folder where it stands.
///
/// Errors: kIo "git_failed" with git's word and the way out; kNotFound "git_not_found".
Result<GitPlace> find_git_place(const std::string& start);

/// The folder where discovery would end, without asking git: for a caller that does not depend on the rest. Empty for
/// none.
std::string folder_with_git(const std::string& start);

}  // namespace smbatcher
