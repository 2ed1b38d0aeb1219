#pragma once

#include "libregistry/core/base/result.h"
#include "libregistry/sync/git_command.h"
#include "libregistry/sync/repository.h"
#include "libregistry/sync/sync_repository.h"

namespace smbatcher {

/// One sync of the repository at `place`, by the holder of its lock: what a sync that died left is put right, then
/// commit, fetch, rebase and push, again for as long as others are faster. `summary` says what was done, after a
/// failure too. Errors: those of sync_repository().
Result<void> run_sync(Git git, const RepositoryPlace& place, const SyncLock& lock, const SyncOptions& options,
                      const SyncSurroundings& surroundings, SyncSummary& summary);

}  // namespace smbatcher
