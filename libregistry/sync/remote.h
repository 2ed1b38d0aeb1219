#pragma once

#include <optional>
#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// Fetches from the remote, and answers where the branch is there; empty for a remote without a branch. Errors, all
/// kRefused: "remote_unreachable", "credentials_needed", "hook_failed"; "upstream_gone" when the remote has not this
/// branch. Needs the private folder.
Result<std::string> fetch(const Git& git, const RepositoryPlace& place, const Upstream& upstream);

/// FAIL:upstream_gone:<branch>
Error upstream_gone(const Upstream& upstream);

enum class Pushed { kDone, kLostRace };

/// Pushes `commit` to the remote's branch, when that is still at `theirs` (empty: not there). Errors, all kRefused:
/// "push_refused" with the remote's reason, "hook_failed", "submodule_not_pushed", and as fetch(). Needs the private
/// folder.
Result<Pushed> push(const Git& git, const RepositoryPlace& place, const Upstream& upstream, const std::string& theirs,
                    const std::string& commit);

/// git with a log of the hooks that it runs, and the one that failed, by name; with what it said.
Git with_hook_log(const Git& git, const RepositoryPlace& place);
std::optional<std::string> failed_hook(const RepositoryPlace& place);

/// FAIL:hook_failed:<hook>, with what it said.
Error hook_error(const std::string& hook, const GitOutput& output);

/// Whether a program that signs commits failed: FAIL:signing_failed, with what it said.
bool says_signing_failed(const GitOutput& output);
Error signing_error(const GitOutput& output);

}  // namespace smbatcher
