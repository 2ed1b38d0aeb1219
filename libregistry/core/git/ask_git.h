#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// What git answered to a short question.
struct GitAnswer {
  int status = 0;                  // exit status
  std::vector<std::string> lines;  // of standard output, also where it failed later
  std::string complaint;           // of standard error, on one line

  bool ok() const { return status == 0; }
};

/// Runs `git -C folder args...` and waits for it. For questions that git answers from its files at once.
///
/// The variables that lead git elsewhere (GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, …, as a hook has them) are not passed
/// on: the question is about `folder`. Settings (GIT_CONFIG_GLOBAL and the like) are.
/// Errors: kNotFound "git_not_found" where no git is on PATH; kIo as the system said.
Result<GitAnswer> ask_git(const std::string& folder, const std::vector<std::string>& args);

}  // namespace smbatcher
