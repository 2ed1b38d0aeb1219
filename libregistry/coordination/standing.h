#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/coordination/state_files.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

/// How an instance stands: what is known of it and what follows.
struct Standing {
  std::optional<WallTime> last_ping;  // of its heartbeat file and the work registry, the later one
  bool crashed = false;               // it was registered with a process, and that is gone
  /// The status word: "crashed", "stale" (no sign of life for more than kStaleAfter), "idle" (for more than half of
  /// that), else "active".
  std::string status(WallTime now) const;
  bool is_stale(WallTime now) const;
  bool is_gone(WallTime now) const;
};

/// Age in whole seconds, as the originals count: 300 is kept, 301 is stale.
std::chrono::seconds age_of(WallTime ping, WallTime now);

/// `record` may be null. The heartbeat file is not read while the registry alone shows that the instance lives; `exact`
/// reads it all the same.
Result<Standing> standing_of(StateFiles& files, const InstanceRecord* record, const std::string& id,
                             bool exact = false);

/// Removes the instances that are stale or crashed, but for `caller`, with their locks. `registry` is changed, not yet
/// written: writing it is the last step, so that who is cut short leaves nothing that nobody finds again. Answers their
/// ids.
Result<std::vector<std::string>> remove_gone_instances(StateFiles& files, WorkRegistry& registry,
                                                       const std::string& caller);

/// The instances that are stale or crashed, but for `caller` and for those that hold a lock for a length that was asked
/// for and is not over.
Result<std::vector<std::string>> find_gone_instances(StateFiles& files, const WorkRegistry& registry,
                                                     const std::string& caller);

/// Removes the lock files of the instances `ids`. Answers their paths. Of a thousand lock files, those are not read
/// that `registry` lists for others alone; a lock that nobody lists is.
Result<std::vector<std::string>> remove_locks_of(StateFiles& files, const WorkRegistry& registry,
                                                 const std::vector<std::string>& ids);

/// How a lock stands. A lease that does not agree with it is left out, and a lease whose expiry does not agree counts
/// for its process alone. One that is kept for its length does not end by its holder's silence. `standing` is the
/// holder's; one without any sign of life says nothing.
LockView view_of(LockRecord lock, std::optional<LockLease> lease, const Instant& now, const ProcessTable& processes,
                 const Standing& standing);

/// Reads the lock of `path` with all that view_of() wants; nullopt when there is none.
Result<std::optional<LockView>> read_lock_view(StateFiles& files, const WorkRegistry& registry,
                                               const ProjectPath& path);
/// The same for one of many: a lock file that cannot be read is a warning and no lock.
std::optional<LockView> read_listed_lock(StateFiles& files, const WorkRegistry& registry, const ProjectPath& path);
/// The same for a lock that was read already.
Result<LockView> complete_lock_view(StateFiles& files, const WorkRegistry& registry, const ProjectPath& path,
                                    LockRecord lock);

}  // namespace smbatcher
