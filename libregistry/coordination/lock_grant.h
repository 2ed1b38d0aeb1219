#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "libregistry/coordination/standing.h"
#include "libregistry/coordination/state_files.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

/// What writes lock and heartbeat files for several verbs. The mutex is held.

/// How long the lock was meant to last.
std::chrono::seconds length_of(const LockView& view);

/// Gives the view a lease where none of ours lies beside the lock.
void ensure_lease(const StateFiles& files, LockView& view, std::chrono::seconds length);

/// Writes the caller's lock so that it runs `length` from now; `view` is brought up to date. What else changed in it is
/// written too. A process that is gone is forgotten. The lease goes first: one that does not agree is ignored.
Result<void> write_renewed(StateFiles& files, const ProjectPath& path, LockView& view, std::chrono::seconds length);

/// One more ping of `id`; answers how many there were.
Result<std::int64_t> write_sign_of_life(StateFiles& files, const std::string& id);

}  // namespace smbatcher
