#pragma once

#include <optional>
#include <string>

#include "libregistry/base/result.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// Fetches from the remote. Errors, all kRefused: "remote_unreachable", "credentials_needed".
Result<void> fetch(const Git& git, const Upstream& upstream);

enum class Pushed { kDone, kLostRace };

/// Pushes `commit` to the remote's branch. Errors, all kRefused: "push_refused" with the remote's reason,
/// "hook_failed", "submodule_not_pushed", and as fetch(). Needs the private folder.
Result<Pushed> push(const Git& git, const RepositoryPlace& place, const Upstream& upstream, const std::string& commit);

/// git with a log of the hooks that it runs, and the one that failed, by name; with what it said.
Git with_hook_log(const Git& git, const RepositoryPlace& place);
std::optional<std::string> failed_hook(const RepositoryPlace& place);

/// FAIL:hook_failed:<hook>
Error hook_error(const std::string& hook, const GitOutput& output);

}  // namespace smbatcher
