#include "libregistry/coordination/state_files.h"

#include <sys/stat.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <set>
#include <thread>

#include "libregistry/coordination/instance_id.h"
#include "libregistry/coordination/json_file.h"
#include "libregistry/core/base/environment.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/core/leases/lease_json.h"

namespace smbatcher {
namespace {

constexpr std::size_t kLargestFile = std::size_t{64} << 20U;
constexpr milliseconds kBetweenReads{5};
constexpr milliseconds kBeingWritten{100};  // nobody is in the middle of a file that was written to longer ago
constexpr std::size_t kLongestFileId = 200;
constexpr std::string_view kJson = ".json";
constexpr std::string_view kProcess = ".lease";

std::optional<LockLease> lock_lease_from_json(const Json& json) { return LockLease::from_json(json); }

/// Names in `folder` that end with `ending` and are not hidden, without it; sorted.
std::vector<std::string> names_in(const std::string& folder, std::string_view ending) {
  std::vector<std::string> names;
  for (std::string& name : names_in_folder(folder)) {
    if (name.ends_with(ending) && !name.starts_with('.')) {
      name.resize(name.size() - ending.size());
      names.push_back(std::move(name));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Not every text that somebody wrote into a file as an instance's id may become the name of one.
bool can_name_a_file(const std::string& id) {
  return !id.empty() && id.size() <= kLongestFileId && id.front() != '.' &&
         id.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
}

/// What the names of set-aside copies begin with: the file's own name, unless that leaves no room for a time.
std::string name_for_copies(const std::string& path) {
  const std::size_t at = path.rfind('/') + 1;
  if (path.size() - at <= kLongestFileId + kJson.size() || !path.ends_with(kJson)) {
    return path;
  }
  const std::string name = path.substr(at, path.size() - at - kJson.size());
  return path.substr(0, at) + side_name_of(name) + std::string(kJson);
}

Error lock_name_taken(const std::string& file, const std::string& path) {
  return malformed("lock_name_taken", file,
                   "'" + file + "' is the lock of another file: '" + escape_control(path) + "'; see what wrote it");
}

std::string user_name() {
  const std::string user = environment_text("USER");
  return user.empty() ? "unknown" : user;
}

std::string system_name() {
  utsname system{};
  return ::uname(&system) == 0 ? system.sysname : "unknown";
}

}  // namespace

InstanceRecord new_instance_record(const Coordination& coordination, const std::string& id, const std::string& task,
                                   const std::string& role, std::int64_t pid, WallTime now) {
  const std::string time = format_time(now);
  const std::string branch = current_branch(coordination.place.root);
  const Json json = JsonObject{
      {"instance_id", id},
      {"worktree_path", coordination.place.root},
      {"pid", pid},
      {"current_task", JsonObject{{"description", task}, {"agent_role", role}, {"started_at", time}}},
      {"files_locked", JsonArray{}},
      {"heartbeat",
       JsonObject{{"last_ping", time}, {"heartbeat_file", coordination.place.heartbeats() + "/" + id + ".json"}}},
      {"status", "active"},
      {"metadata",
       JsonObject{{"os", system_name()}, {"branch", branch.empty() ? "unknown" : branch}, {"user", user_name()}}}};
  return *InstanceRecord::from_json(json);
}

StateFiles::StateFiles(const Coordination& coordination, std::optional<GuardedLock> mutex)
    : coordination_(&coordination),
      mutex_(std::move(mutex)),
      now_(coordination.clock.now()),
      patience_(coordination.patience) {}

StateFiles StateFiles::to_look(const Coordination& coordination) { return {coordination, std::nullopt}; }

Result<StateFiles> StateFiles::to_change(const Coordination& coordination) {
  const CoordinationPlace& place = coordination.place;
  for (const std::string& folder : {place.locks(), place.heartbeats()}) {
    if (!is_folder(coordination.ops, folder)) {
      SMB_TRY(make_folders(coordination.ops, folder));
    }
  }
  SMB_TRY_ASSIGN(GuardedLock mutex, GuardedLock::acquire(coordination.ops, {place.mutex(), place.folder},
                                                         LockDeadline(coordination.lock_timeout)));
  return StateFiles(coordination, std::move(mutex));
}

template <class Record>
Result<std::optional<Record>> StateFiles::read(const std::string& path,
                                               std::optional<Record> (*from_json)(const Json&)) {
  for (;;) {
    const Result<std::string> text = read_file(coordination_->ops, path, kLargestFile);
    if (!text) {
      if (text.error().code == Errc::kNotFound) {
        return std::nullopt;
      }
      if (text.error().reason != ErrorWord("not_a_regular_file")) {
        return fail(text.error());
      }
      SMB_TRY(report_damage(path, text.error()));
      return std::nullopt;
    }
    const Result<Json> json = parse_json_file(path, *text);
    if (json) {
      if (auto record = from_json(*json)) {
        return record;
      }
    }
    if (!waits_for_writer(path)) {
      SMB_TRY(report_damage(
          path, json ? invalid_json(path, *text, 0, "a member is missing or has another type") : json.error()));
      return std::nullopt;
    }
  }
}

/// Waits a moment, if somebody may be in the middle of writing the file.
bool StateFiles::waits_for_writer(const std::string& path) {
  using std::chrono::system_clock;
  struct stat status {};
  if (patience_ < kBetweenReads || coordination_->ops.stat(path, &status) != 0) {
    return false;
  }
  const auto age = system_clock::now().time_since_epoch() - std::chrono::seconds(status.st_mtim.tv_sec) -
                   std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  if (age > kBeingWritten) {
    return false;
  }
  std::this_thread::sleep_for(kBetweenReads);
  patience_ -= kBetweenReads;
  return true;
}

Result<void> StateFiles::report_damage(const std::string& path, const Error& error) {
  Warning warning{path, 0, error.reason.text(), error.message};
  if (mutex_) {
    SMB_TRY_ASSIGN(const std::string kept, set_aside(coordination_->ops, path, name_for_copies(path), "corrupt"));
    warning.message += "; kept as '" + kept + "', and work goes on without it";
  } else {
    warning.message += "; read as if it were not there";
  }
  warnings_.push_back(std::move(warning));
  return {};
}

Result<WorkRegistry> StateFiles::read_registry() {
  SMB_TRY_ASSIGN(auto found, read<WorkRegistry>(coordination_->place.registry(), WorkRegistry::from_json));
  const bool was_damaged = !found && !warnings_.empty();
  WorkRegistry registry = found ? *std::move(found) : WorkRegistry::empty();
  SMB_TRY_ASSIGN(const bool added, add_unlisted(registry));
  if (mutex_ && (was_damaged || added)) {
    SMB_TRY(write_registry(registry));  // whatever the verb then comes to
  }
  return registry;
}

Result<bool> StateFiles::add_unlisted(WorkRegistry& registry) {
  std::set<std::string> added;
  for (const std::string& id : heartbeat_ids()) {
    if (registry.find(id) != nullptr) {
      continue;
    }
    SMB_TRY_ASSIGN(const auto heartbeat, read_heartbeat(id));
    if (heartbeat) {
      registry.instances.push_back(
          new_instance_record(*coordination_, id, "unknown", "main", heartbeat->pid, heartbeat->last_ping));
      added.insert(id);
    }
  }
  if (added.empty()) {
    return false;
  }
  for (const LockRecord& lock : read_all_locks()) {
    if (added.contains(lock.holder)) {
      registry.find(lock.holder)->add_file(lock.path);
    }
  }
  return true;
}

Result<std::optional<HeartbeatRecord>> StateFiles::read_heartbeat(const std::string& id) {
  if (!can_name_a_file(id)) {
    return std::nullopt;
  }
  return read<HeartbeatRecord>(coordination_->place.heartbeats() + "/" + id + std::string(kJson),
                               HeartbeatRecord::from_json);
}

Result<std::optional<Lease>> StateFiles::read_instance_process(const std::string& id) {
  if (!can_name_a_file(id)) {
    return std::nullopt;
  }
  return read<Lease>(coordination_->place.heartbeats() + "/" + id + std::string(kProcess), lease_from_json);
}

Result<std::optional<LockRecord>> StateFiles::read_lock(const ProjectPath& path) {
  SMB_TRY_ASSIGN(auto lock, read_lock_file(path.lock_name, path.side_name));
  if (lock && lock->path != path.relative) {
    return fail(lock_name_taken(coordination_->place.locks() + "/" + path.lock_name + std::string(kJson), lock->path));
  }
  return lock;
}

Result<std::optional<LockRecord>> StateFiles::read_lock_file(const std::string& lock_name,
                                                             const std::string& side_name) {
  const std::string folder = coordination_->place.locks();
  const std::size_t told = warnings_.size();
  SMB_TRY_ASSIGN(auto lock, read<LockRecord>(folder + "/" + lock_name + std::string(kJson), LockRecord::from_json));
  if (lock || warnings_.size() == told) {
    return lock;
  }
  SMB_TRY_ASSIGN(const auto beside,
                 read<LockLease>(folder + "/" + side_name + std::string(kProcess), lock_lease_from_json));
  if (!beside || project_path_of(coordination_->place, beside->path).lock_name != lock_name) {
    return std::nullopt;
  }
  const Lease& lease = beside->lease;
  const std::string unknown_hash(40, '0');  // whether the file was changed since, nobody can tell: it counts as changed
  lock = LockRecord{beside->path, lease.owner, {}, 0, lease.acquired, lease.expires.wall, unknown_hash, {}, {}};
  if (mutex_) {
    SMB_TRY(write(folder, lock_name + std::string(kJson), lock->to_json()));
  }
  warnings_[told].message += "; but '" + escape_control(beside->path) + "' stays locked by " +
                             escape_control(lease.owner) + ", as the lease beside it says";
  return lock;
}

Result<std::optional<LockLease>> StateFiles::read_lease(const ProjectPath& path) {
  return read<LockLease>(coordination_->place.locks() + "/" + path.side_name + std::string(kProcess),
                         lock_lease_from_json);
}

std::vector<std::string> StateFiles::lock_names() const { return names_in(coordination_->place.locks(), kJson); }

std::vector<LockRecord> StateFiles::read_locks(const std::vector<std::string>& names) {
  std::vector<LockRecord> locks;
  for (const std::string& name : names) {
    Result<std::optional<LockRecord>> lock = read_lock_file(name, side_name_of(name));
    if (!lock) {
      warn(lock.error());
    } else if (*lock && project_path_of(coordination_->place, (*lock)->path).lock_name != name) {
      warn(lock_name_taken(coordination_->place.locks() + "/" + name + std::string(kJson), (*lock)->path));
    } else if (*lock) {
      locks.push_back(**std::move(lock));
    }
  }
  return locks;
}

void StateFiles::warn(const Error& error) { warnings_.push_back({error.where, 0, error.reason.text(), error.message}); }

std::vector<std::string> StateFiles::heartbeat_ids() const {
  std::vector<std::string> ids = names_in(coordination_->place.heartbeats(), kJson);
  std::erase_if(ids, [](const std::string& id) { return !is_stored_instance_id(id); });
  return ids;
}

bool StateFiles::has_instance_process(const std::string& id) const {
  struct stat status {};
  return can_name_a_file(id) &&
         coordination_->ops.lstat(coordination_->place.heartbeats() + "/" + id + std::string(kProcess), &status) == 0;
}

Result<void> StateFiles::write(const std::string& folder, const std::string& name, const Json& json) {
  ReplaceNames names;
  names.target = folder + "/" + name;
  names.folder = folder;
  names.part = folder + "/.part";
  return write_cache_file(coordination_->ops, names, json.pretty() + "\n");
}

Result<void> StateFiles::write_registry(WorkRegistry& registry) {
  registry.set_updated(now_.wall);
  return write(coordination_->place.folder, "work-registry.json", registry.to_json());
}

Result<void> StateFiles::write_heartbeat(const HeartbeatRecord& record) {
  return write(coordination_->place.heartbeats(), record.id + std::string(kJson), record.to_json());
}

Result<void> StateFiles::write_instance_process(const std::string& id, const Lease& process) {
  return write(coordination_->place.heartbeats(), id + std::string(kProcess), to_json(process));
}

Result<void> StateFiles::write_lock(const ProjectPath& path, const LockRecord& lock) {
  return write(coordination_->place.locks(), path.lock_name + std::string(kJson), lock.to_json());
}

Result<void> StateFiles::write_lease(const ProjectPath& path, const LockLease& lease) {
  return write(coordination_->place.locks(), path.side_name + std::string(kProcess), lease.to_json());
}

Result<void> StateFiles::remove(const std::string& path) {
  if (coordination_->ops.unlink(path) != 0 && errno != ENOENT) {
    Error error = io_error("cannot remove '" + path + "'", errno);
    error.where = path;
    return fail(std::move(error));
  }
  return {};
}

Result<void> StateFiles::remove_lock(const ProjectPath& path) {
  SMB_TRY(remove(coordination_->place.locks() + "/" + path.lock_name + std::string(kJson)));
  return remove(coordination_->place.locks() + "/" + path.side_name + std::string(kProcess));
}

Result<void> StateFiles::remove_instance_files(const std::string& id) {
  if (!is_stored_instance_id(id)) {
    return {};  // no file of ours is named so
  }
  SMB_TRY(remove(coordination_->place.heartbeats() + "/" + id + std::string(kJson)));
  return remove(coordination_->place.heartbeats() + "/" + id + std::string(kProcess));
}

}  // namespace smbatcher
