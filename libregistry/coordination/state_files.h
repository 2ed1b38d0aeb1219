#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/coordination/coordination.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/guarded_lock.h"

namespace smbatcher {

/// Reads and replaces the files of the coordination folder.
///
/// A file that is no JSON of its shape, and was written to just now, is read again while the caller's patience lasts
/// (originals write in place, so it may be half written). Then it is told as a warning "invalid_json" and taken as
/// absent; who holds the mutex sets it aside as `<file>.corrupt-<time>`. A damaged lock file is made anew of the lease
/// beside it, where there is one: its holder still holds the lock. Every writer uses one temporary name for each
/// folder, `.part`: the mutex covers the folder.
///
/// The mutex is a GuardedLock: who holds it is alone among ours, and among originals that lock
/// `work-registry.json.lock`. `.held` files of other originals are not looked at.
class StateFiles {
 public:
  /// To look only: nothing is written, no mutex is taken.
  static StateFiles to_look(const Coordination& coordination);
  /// Takes the mutex and keeps it while the object lives. Makes the folder, its `locks` and its `heartbeats` where they
  /// are not there.
  static Result<StateFiles> to_change(const Coordination& coordination);

  /// The work registry. One that is absent or damaged is made anew of heartbeats and locks, and an instance that has a
  /// heartbeat file but is not listed is added: another writer may have lost it.
  Result<WorkRegistry> read_registry();
  Result<std::optional<HeartbeatRecord>> read_heartbeat(const std::string& id);
  /// The process that the instance was registered with, as a lease that nobody renews.
  Result<std::optional<Lease>> read_instance_process(const std::string& id);
  /// Instances whose id cannot name a file of ours have none of these two.
  /// A lock whose file_path is another one is not a lock of `path`: errors with kMalformed "lock_name_taken".
  Result<std::optional<LockRecord>> read_lock(const ProjectPath& path);
  /// Whether or not it agrees with the lock.
  Result<std::optional<LockLease>> read_lease(const ProjectPath& path);
  /// The names of the lock files, without ".json".
  std::vector<std::string> lock_names() const;
  /// Those of the lock files `names` that can be read and are named after their file_path; others are warned about.
  std::vector<LockRecord> read_locks(const std::vector<std::string>& names);
  std::vector<LockRecord> read_all_locks() { return read_locks(lock_names()); }
  std::vector<std::string> heartbeat_ids() const;
  bool has_instance_process(const std::string& id) const;

  Result<void> write_registry(WorkRegistry& registry);  // stamps registry_updated_at
  Result<void> write_heartbeat(const HeartbeatRecord& record);
  Result<void> write_instance_process(const std::string& id, const Lease& process);
  Result<void> write_lock(const ProjectPath& path, const LockRecord& lock);
  Result<void> write_lease(const ProjectPath& path, const LockLease& lease);
  /// The lock file first, then what is ours beside it. Absent files are fine.
  Result<void> remove_lock(const ProjectPath& path);
  Result<void> remove_instance_files(const std::string& id);

  /// Says what an error was that stops nothing.
  void warn(const Error& error);

  const Coordination& coordination() const { return *coordination_; }
  const Instant& now() const { return now_; }
  std::vector<Warning>& warnings() { return warnings_; }

 private:
  StateFiles(const Coordination& coordination, std::optional<GuardedLock> mutex);

  template <class Record>
  Result<std::optional<Record>> read(const std::string& path, std::optional<Record> (*from_json)(const Json&));
  Result<void> write(const std::string& folder, const std::string& name, const Json& json);
  Result<void> remove(const std::string& path);
  Result<std::optional<LockRecord>> read_lock_file(const std::string& lock_name, const std::string& side_name);
  bool waits_for_writer(const std::string& path);
  Result<void> report_damage(const std::string& path, const Error& error);
  Result<bool> add_unlisted(WorkRegistry& registry);

  const Coordination* coordination_;
  std::optional<GuardedLock> mutex_;
  Instant now_;
  milliseconds patience_;  // what is left of it
  std::vector<Warning> warnings_;
};

/// The members of `instances` that a new registration writes.
InstanceRecord new_instance_record(const Coordination& coordination, const std::string& id, const std::string& task,
                                   const std::string& role, std::int64_t pid, WallTime now);

}  // namespace smbatcher
