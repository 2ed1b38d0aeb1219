#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/coordination/place.h"
#include "libregistry/coordination/project_path.h"
#include "libregistry/coordination/records.h"
#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/core/leases/process.h"

namespace smbatcher {

/// The verbs of agent instances and of the file locks between them.
///
/// Each verb that writes is one locked rewrite: it takes the mutex (flock on work-registry.json.lock, as the originals
/// do) for the milliseconds of the verb, reads, decides, replaces the files that change, and lets go. Lock files and
/// heartbeats are the truth; the work registry is derived from them and healed when it is damaged. Files are replaced
/// whole but not synced: they mean nothing after a restart. check_lock() and the listings take no mutex and write
/// nothing.
///
/// Source: docs/coordination.md.
struct Coordination {
  FileOps& ops;
  const Clock& clock;
  const ProcessTable& processes;
  CoordinationPlace place;
  std::chrono::milliseconds lock_timeout{60'000};  // for the mutex
  // How long a call waits in all for files that look half written: others write in place.
  std::chrono::milliseconds patience{100};
};

/// Without a heartbeat for longer than this an instance is stale. It stays registered, and what it holds for a length
/// that was asked for stays locked, until that length is over.
inline constexpr std::chrono::seconds kStaleAfter{300};
inline constexpr std::chrono::seconds kDefaultLockLength{300};
/// What a hook locks for one tool call: a permission prompt may be open for long, and agents are silent meanwhile.
inline constexpr std::chrono::seconds kToolCallLength{3600};

/// What the caller is told, apart from errors. The numbers are exit statuses.
enum class Verdict {
  kDone = 0,
  kHeld = 10,      // another live instance holds it, or waits for it already
  kExpired = 11,   // check: the lock there has expired, so the file is free
  kConflict = 12,  // the file is not what it was when it was locked
  kStale = 13,     // the caller is not registered (any more): register again
};

/// A lock as it stands now.
struct LockView {
  LockRecord lock;
  std::optional<LockLease> lease;  // where ours lies beside it and agrees
  bool live = false;               // false: expired, its process gone, or its holder stale; free for everybody
  std::string why_free;            // "expired", "process_gone", "holder_stale"; empty while live
  std::chrono::seconds left{0};    // until it expires
  std::string holder_task;         // from the work registry; empty when it is not there
};

// ---- instances ---------------------------------------------------------------------------------------------------

struct Registration {
  std::optional<std::string> id;  // else a fresh one; an id that is registered already keeps its locks
  std::string task = "unknown";
  std::string role = "main";
  std::optional<pid_t> pid;  // a process that lives as long as the instance; when it is gone, so is the instance
};
struct Registered {
  std::string id;
  bool again = false;                // it was registered already
  std::vector<std::string> removed;  // stale instances that were removed first
  std::vector<Warning> warnings;
};
/// Errors: kUsage "invalid_argument" for an id, a task or a role that is not allowed.
Result<Registered> register_instance(const Coordination& coordination, const Registration& registration);

struct Unregistered {
  bool was_registered = false;
  std::vector<std::string> released;  // relative paths
  std::vector<Warning> warnings;
};
Result<Unregistered> unregister_instance(const Coordination& coordination, const std::string& id);

struct Beat {
  Verdict verdict = Verdict::kDone;  // or kStale
  std::int64_t ping_count = 0;
  std::vector<std::string> renewed;  // its locks that were past half of their length
  std::vector<std::string> lost;     // files that it thinks it has locked and another holds now
  std::vector<Warning> warnings;
};
Result<Beat> heartbeat(const Coordination& coordination, const std::string& id);

struct Cleanup {
  std::vector<std::string> instances;  // stale or crashed, removed with their locks
  std::vector<std::string> locks;      // further locks that were free: expired, or of a process that is gone
  std::vector<Warning> warnings;
};
/// `dry_run`: only tells; without the mutex.
Result<Cleanup> clean_up(const Coordination& coordination, bool dry_run = false);

// ---- locks -------------------------------------------------------------------------------------------------------

struct LockRequest {
  std::string id;
  std::vector<ProjectPath> paths;  // all or none; one that is there twice counts once
  std::string intent;              // empty: a lock that is held already keeps its own
  std::chrono::seconds length{kDefaultLockLength};
  std::chrono::milliseconds wait{0};  // served first come first; zero: one attempt
  std::optional<pid_t> pid;           // the locks end with this process too
  std::optional<ProcessRef> agent;    // when this process is gone, `kept` says nothing any more
  bool kept = false;                  // holds for its length though the holder is silent: that length was asked for
  std::string tool_use;               // set by hooks: freed by release_tool_use()
  bool keep_hash = false;             // a lock that is held already keeps the hash it was taken with
};
struct Grant {
  std::string path;
  WallTime expires_at{};
  Token token = 0;
  bool renewed = false;    // the caller held it already
  bool changed = false;    // renewed, and the file was not what it was when it was locked
  std::string taken_from;  // the holder of an expired lock that was taken over
};
struct Acquisition {
  Verdict verdict = Verdict::kDone;  // or kHeld: then nothing was granted
  std::vector<Grant> grants;         // in the order of the paths
  std::vector<LockView> held;        // what others hold
  std::vector<std::string> queued;   // paths that nobody holds but for which others wait
  std::vector<std::string> removed;  // stale instances that were removed first
  std::vector<Warning> warnings;
};
/// A caller that is not registered is granted locks too; they last until they expire.
/// A lock that the caller holds by coord-lock is not turned into one of a tool call.
/// Errors: kUsage for an intent that is too long, "no_such_process" for `pid`; kIo, kBusy: nothing was granted.
Result<Acquisition> acquire_locks(const Coordination& coordination, const LockRequest& request);

struct LockAnswer {
  Verdict verdict = Verdict::kDone;
  std::vector<std::string> done;  // relative paths: released, renewed
  std::vector<std::string> none;  // paths without a lock
  std::vector<LockView> held;     // of others: kHeld
  std::vector<WallTime> expires;  // of `done`, when renewed
  std::vector<Warning> warnings;
};
/// All or none. kDone also for a path without a lock, kHeld when another holds one, kStale when there is no lock and
/// the caller is not registered.
Result<LockAnswer> release_locks(const Coordination& coordination, const std::string& id,
                                 const std::vector<ProjectPath>& paths);
/// Frees all that `id` holds, whether or not it is registered.
Result<LockAnswer> release_all_locks(const Coordination& coordination, const std::string& id);
/// Frees the locks of `id` that are marked with `tool_use`; with nullopt those marked with any. Never one that was
/// taken without a mark.
Result<LockAnswer> release_tool_use(const Coordination& coordination, const std::string& id,
                                    const std::optional<std::string>& tool_use);
/// Each of `paths` runs `length` (nullopt: its own length; else the lock is kept for it) from now. A path without a
/// lock of anybody: `none`, and nothing is renewed; kHeld, kStale as above. An own lock that has expired and that
/// nobody took is renewed.
Result<LockAnswer> renew_locks(const Coordination& coordination, const std::string& id,
                               const std::vector<ProjectPath>& paths, std::optional<std::chrono::seconds> length);
/// After the holder's own write: the hash of its lock becomes that of the file now. Does nothing when `id` does not
/// hold the file. True when a hash was refreshed.
Result<bool> refresh_hash(const Coordination& coordination, const std::string& id, const ProjectPath& path);

struct LockCheck {
  Verdict verdict = Verdict::kDone;  // free or own; kHeld; kExpired
  std::optional<LockView> lock;      // what was found
  bool own = false;
  std::vector<Warning> warnings;  // a damaged lock file, which reads as none
};
/// `id` may be empty: then every live lock is another's. Takes no mutex and needs no folder.
Result<LockCheck> check_lock(const Coordination& coordination, const std::string& id, const ProjectPath& path);

struct ConflictCheck {
  Verdict verdict = Verdict::kDone;  // or kConflict
  std::optional<LockRecord> lock;    // none: nothing to compare with
  std::string hash_now;
};
Result<ConflictCheck> check_conflict(const Coordination& coordination, const ProjectPath& path);

// ---- listings ----------------------------------------------------------------------------------------------------

struct InstanceView {
  InstanceRecord record;
  std::optional<WallTime> last_ping;  // the latest that is known
  std::string status;                 // active | idle | stale | crashed: as it is now
};
struct Waiter {
  std::string path;
  std::string id;
  WallTime since{};
};
struct CoordinationView {
  WorkRegistry registry;                // `instances` of it as below, brought up to date
  std::vector<InstanceView> instances;  // in the order of the registry
  std::size_t lock_files = 0;
  std::vector<Waiter> waiters;  // per file in the order of their arrival
  std::vector<Warning> warnings;
};
/// An absent folder is an empty view.
Result<CoordinationView> view_coordination(const Coordination& coordination);

struct LockList {
  std::vector<LockView> locks;  // by path
  std::vector<Warning> warnings;
};
Result<LockList> list_locks(const Coordination& coordination);

}  // namespace smbatcher
