#pragma once

#include "libregistry/sync/repository.h"

namespace smbatcher {

/// Removes locks of branches (HEAD.lock, refs/….lock, packed-refs.lock) that a git which was killed has left.
///
/// git holds them for milliseconds, and says nothing in them of whose they are. So this is for the caller that holds
/// the SyncLock and knows that a git of a sync was stopped or died: what then lies there for five seconds, the same
/// file all along, is taken for its. Without a lock it returns at once.
void clear_ref_locks(const RepositoryPlace& place);

}  // namespace smbatcher
