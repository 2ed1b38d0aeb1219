#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// What may be committed.
struct CommitRules {
  std::vector<std::string> paths;    // only these files and folders, relative to the top; empty: everything
  std::vector<std::string> include;  // new files that are meant, though they look like secrets or are large: patterns
};

/// Changed paths in the rules' paths.
std::vector<ChangedPath> chosen(const std::vector<ChangedPath>& changes, const CommitRules& rules);

/// Errors: kRefused "suspicious_files".
Result<void> check_rules(const RepositoryPlace& place, const std::vector<ChangedPath>& changes,
                         const CommitRules& rules);

/// Commits what the rules choose, with git's own commands on a copy of the index; empty when there is nothing.
/// Errors, all kRefused: "index_locked", "hook_failed", "identity_unknown", "git_failed".
Result<std::string> commit_changes(const Git& git, const RepositoryPlace& place, const WorkTreeState& state,
                                   const CommitRules& rules, const std::string& message);

}  // namespace smbatcher
