#include "libregistry/coordination/standing.h"

#include <algorithm>
#include <unordered_set>

#include "libregistry/coordination/instance_id.h"

namespace smbatcher {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

std::optional<WallTime> later(std::optional<WallTime> a, std::optional<WallTime> b) {
  return a && b ? std::max(*a, *b) : (a ? a : b);
}

bool contains(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// The lock files that the instances `ids` may hold.
std::vector<std::string> names_of_locks_of(const StateFiles& files, const WorkRegistry& registry,
                                           const std::vector<std::string>& ids) {
  std::unordered_set<std::string> theirs;
  std::unordered_set<std::string> of_others;
  for (const InstanceRecord& record : registry.instances) {
    std::unordered_set<std::string>& names = contains(ids, record.id) ? theirs : of_others;
    for (const std::string& path : record.files_locked) {
      names.insert(project_path_of(files.coordination().place, path).lock_name);
    }
  }
  std::vector<std::string> names = files.lock_names();
  std::erase_if(names, [&](const std::string& name) { return of_others.contains(name) && !theirs.contains(name); });
  return names;
}

}  // namespace

seconds age_of(WallTime ping, WallTime now) { return floor<seconds>(now) - floor<seconds>(ping); }

bool Standing::is_stale(WallTime now) const { return last_ping.has_value() && age_of(*last_ping, now) > kStaleAfter; }

bool Standing::is_gone(WallTime now) const { return crashed || is_stale(now); }

std::string Standing::status(WallTime now) const {
  if (crashed) {
    return "crashed";
  }
  const seconds age = last_ping ? age_of(*last_ping, now) : kStaleAfter + seconds(1);
  return age > kStaleAfter ? "stale" : age > kStaleAfter / 2 ? "idle" : "active";
}

Result<Standing> standing_of(StateFiles& files, const InstanceRecord* record, const std::string& id, bool exact) {
  Standing standing;
  standing.last_ping = record == nullptr ? std::nullopt : record->last_ping;
  const bool fresh = standing.last_ping && age_of(*standing.last_ping, files.now().wall) <= kStaleAfter;
  if (exact || !fresh) {
    SMB_TRY_ASSIGN(const auto heartbeat, files.read_heartbeat(id));
    standing.last_ping = later(standing.last_ping, heartbeat ? std::optional(heartbeat->last_ping) : std::nullopt);
  }
  if (files.has_instance_process(id)) {
    SMB_TRY_ASSIGN(const auto lease, files.read_instance_process(id));
    standing.crashed = lease && lease->process &&
                       judge(*lease->process, files.now().boot, files.coordination().processes) == Liveness::kGone;
  }
  return standing;
}

Result<std::vector<std::string>> remove_locks_of(StateFiles& files, const WorkRegistry& registry,
                                                 const std::vector<std::string>& ids) {
  std::vector<std::string> paths;
  if (ids.empty()) {
    return paths;
  }
  for (const LockRecord& lock : files.read_locks(names_of_locks_of(files, registry, ids))) {
    if (contains(ids, lock.holder)) {
      SMB_TRY(files.remove_lock(project_path_of(files.coordination().place, lock.path)));
      paths.push_back(lock.path);
    }
  }
  return paths;
}

namespace {

/// Whether the instance holds a lock for a length that was asked for.
bool keeps_a_lock(StateFiles& files, const WorkRegistry& registry, const InstanceRecord& record) {
  return std::any_of(record.files_locked.begin(), record.files_locked.end(), [&](const std::string& file) {
    const auto view = read_listed_lock(files, registry, project_path_of(files.coordination().place, file));
    return view && view->live && view->lock.holder == record.id && view->lease && view->lease->kept;
  });
}

}  // namespace

Result<std::vector<std::string>> find_gone_instances(StateFiles& files, const WorkRegistry& registry,
                                                     const std::string& caller) {
  std::vector<std::string> gone;
  for (const InstanceRecord& record : registry.instances) {
    if (record.id == caller) {
      continue;
    }
    SMB_TRY_ASSIGN(const Standing standing, standing_of(files, &record, record.id));
    // One that never gave a sign of life that can be read would else be there for ever.
    const bool is_silent = standing.is_stale(files.now().wall) || !standing.last_ping;
    if (standing.crashed || (is_silent && !keeps_a_lock(files, registry, record))) {
      gone.push_back(record.id);
    }
  }
  return gone;
}

Result<std::vector<std::string>> remove_gone_instances(StateFiles& files, WorkRegistry& registry,
                                                       const std::string& caller) {
  SMB_TRY_ASSIGN(std::vector<std::string> gone, find_gone_instances(files, registry, caller));
  SMB_TRY(remove_locks_of(files, registry, gone));
  for (const std::string& id : gone) {
    SMB_TRY(files.remove_instance_files(id));
  }
  std::erase_if(registry.instances, [&gone](const InstanceRecord& record) { return contains(gone, record.id); });
  return gone;
}

LockView view_of(LockRecord lock, std::optional<LockLease> lease, const Instant& now, const ProcessTable& processes,
                 const Standing& standing) {
  LockView view;
  const auto same = [](WallTime a, WallTime b) { return floor<seconds>(a) == floor<seconds>(b); };
  if (lease && (lease->lease.owner != lock.holder || !same(lease->lease.acquired, lock.locked_at))) {
    lease.reset();
  }
  bool is_kept = false;
  milliseconds left = lock.expires_at - floor<seconds>(now.wall);
  bool expired = left.count() < 0;
  if (lease && same(lease->lease.expires.wall, lock.expires_at)) {
    left = lease->lease.expires.left(now, seconds(0));
    expired = left.count() <= 0;
    is_kept = lease->kept && !(lease->agent && judge(*lease->agent, now.boot, processes) == Liveness::kGone);
  }
  view.left = std::max(seconds(0), std::chrono::ceil<seconds>(left));
  if (expired) {
    view.why_free = "expired";
  } else if (lease && lease->lease.process && judge(*lease->lease.process, now.boot, processes) == Liveness::kGone) {
    view.why_free = "process_gone";
  } else if (standing.crashed || (standing.is_stale(now.wall) && !is_kept)) {
    view.why_free = "holder_stale";
  }
  view.live = view.why_free.empty();
  view.lock = std::move(lock);
  view.lease = std::move(lease);
  return view;
}

Result<std::optional<LockView>> read_lock_view(StateFiles& files, const WorkRegistry& registry,
                                               const ProjectPath& path) {
  SMB_TRY_ASSIGN(auto lock, files.read_lock(path));
  if (!lock) {
    return std::nullopt;
  }
  SMB_TRY_ASSIGN(LockView view, complete_lock_view(files, registry, path, *std::move(lock)));
  return view;
}

std::optional<LockView> read_listed_lock(StateFiles& files, const WorkRegistry& registry, const ProjectPath& path) {
  Result<std::optional<LockView>> view = read_lock_view(files, registry, path);
  if (!view) {
    files.warn(view.error());
    return std::nullopt;
  }
  return *std::move(view);
}

Result<LockView> complete_lock_view(StateFiles& files, const WorkRegistry& registry, const ProjectPath& path,
                                    LockRecord lock) {
  SMB_TRY_ASSIGN(auto lease, files.read_lease(path));
  const InstanceRecord* const holder = registry.find(lock.holder);
  Standing standing;
  if (is_stored_instance_id(lock.holder)) {
    SMB_TRY_ASSIGN(standing, standing_of(files, holder, lock.holder));
  }
  LockView view = view_of(std::move(lock), std::move(lease), files.now(), files.coordination().processes, standing);
  view.holder_task = holder == nullptr ? "" : holder->task;
  return view;
}

}  // namespace smbatcher
