#include <algorithm>

#include "libregistry/coordination/coordination.h"
#include "libregistry/coordination/instance_id.h"
#include "libregistry/coordination/lock_grant.h"
#include "libregistry/coordination/standing.h"
#include "libregistry/coordination/state_files.h"
#include "libregistry/coordination/text_limits.h"

namespace smbatcher {
namespace {

/// The locks of `paths` as they stand, for a caller who wants to do something with its own.
struct OwnLocks {
  std::vector<std::pair<ProjectPath, LockView>> own;
  bool registered = false;
};

/// Sorts `paths` into own locks, and into those of others and none, which go into `answer` with its verdict.
Result<OwnLocks> sort_out(StateFiles& files, const WorkRegistry& registry, const std::string& id,
                          const std::vector<ProjectPath>& paths, LockAnswer& answer) {
  OwnLocks sorted;
  sorted.registered = registry.find(id) != nullptr;
  for (const ProjectPath& path : paths) {
    SMB_TRY_ASSIGN(auto view, read_lock_view(files, registry, path));
    if (view && view->lock.holder == id) {
      sorted.own.emplace_back(path, *std::move(view));
    } else if (view && view->live) {
      answer.held.push_back(*std::move(view));
    } else {
      answer.none.push_back(path.relative);
    }
  }
  if (!answer.held.empty()) {
    answer.verdict = sorted.registered ? Verdict::kHeld : Verdict::kStale;
  } else if (!answer.none.empty() && !sorted.registered) {
    answer.verdict = Verdict::kStale;
  }
  return sorted;
}

/// Removes the lock files, then takes them off the caller's list.
Result<void> release_all(StateFiles& files, WorkRegistry& registry, const std::string& id,
                         const std::vector<std::pair<ProjectPath, LockView>>& locks, LockAnswer& answer) {
  for (const auto& [path, view] : locks) {
    SMB_TRY(files.remove_lock(path));
    answer.done.push_back(path.relative);
  }
  InstanceRecord* const record = registry.find(id);
  bool listed = false;
  if (record != nullptr) {
    for (const std::vector<std::string>* paths : {&answer.done, &answer.none}) {
      for (const std::string& path : *paths) {
        listed = record->remove_file(path) || listed;
      }
    }
  }
  return listed ? files.write_registry(registry) : Result<void>();
}

}  // namespace

Result<LockAnswer> release_locks(const Coordination& coordination, const std::string& id,
                                 const std::vector<ProjectPath>& paths) {
  if (!is_instance_id(id)) {
    return fail(invalid_instance_id(id));
  }
  SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(coordination));
  SMB_TRY_ASSIGN(WorkRegistry registry, files.read_registry());
  LockAnswer answer;
  SMB_TRY_ASSIGN(const OwnLocks locks, sort_out(files, registry, id, paths, answer));
  if (answer.verdict == Verdict::kDone) {
    SMB_TRY(release_all(files, registry, id, locks.own, answer));
  }
  answer.warnings = std::move(files.warnings());
  return answer;
}

Result<LockAnswer> release_all_locks(const Coordination& coordination, const std::string& id) {
  if (!is_instance_id(id)) {
    return fail(invalid_instance_id(id));
  }
  SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(coordination));
  SMB_TRY_ASSIGN(WorkRegistry registry, files.read_registry());
  LockAnswer answer;
  SMB_TRY_ASSIGN(answer.done, remove_locks_of(files, registry, {id}));
  if (InstanceRecord* const record = registry.find(id); record != nullptr && !record->files_locked.empty()) {
    record->files_locked.clear();
    SMB_TRY(files.write_registry(registry));
  }
  answer.warnings = std::move(files.warnings());
  return answer;
}

Result<LockAnswer> release_tool_use(const Coordination& coordination, const std::string& id,
                                    const std::optional<std::string>& tool_use) {
  if (!is_instance_id(id)) {
    return fail(invalid_instance_id(id));
  }
  SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(coordination));
  SMB_TRY_ASSIGN(WorkRegistry registry, files.read_registry());
  LockAnswer answer;
  const InstanceRecord* const record = registry.find(id);
  if (record == nullptr) {
    answer.verdict = Verdict::kStale;
    answer.warnings = std::move(files.warnings());
    return answer;
  }
  std::vector<std::pair<ProjectPath, LockView>> marked;
  for (const std::string& file : record->files_locked) {
    const ProjectPath path = project_path_of(coordination.place, file);
    auto view = read_listed_lock(files, registry, path);
    const bool own = view && view->lock.holder == id && view->lease && !view->lease->tool_use.empty();
    if (own && (!tool_use || view->lease->tool_use == *tool_use)) {
      marked.emplace_back(path, *std::move(view));
    }
  }
  if (!marked.empty()) {
    SMB_TRY(release_all(files, registry, id, marked, answer));
  }
  answer.warnings = std::move(files.warnings());
  return answer;
}

Result<LockAnswer> renew_locks(const Coordination& coordination, const std::string& id,
                               const std::vector<ProjectPath>& paths, std::optional<std::chrono::seconds> length) {
  if (!is_instance_id(id)) {
    return fail(invalid_instance_id(id));
  }
  SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(coordination));
  SMB_TRY_ASSIGN(const WorkRegistry registry, files.read_registry());
  LockAnswer answer;
  SMB_TRY_ASSIGN(OwnLocks locks, sort_out(files, registry, id, paths, answer));
  if (answer.verdict == Verdict::kDone && answer.none.empty()) {
    for (auto& [path, view] : locks.own) {
      const std::chrono::seconds time = length.value_or(length_of(view));
      ensure_lease(files, view, time);
      view.lease->kept = view.lease->kept || length.has_value();
      SMB_TRY(write_renewed(files, path, view, time));
      answer.done.push_back(path.relative);
      answer.expires.push_back(view.lock.expires_at);
    }
  }
  answer.warnings = std::move(files.warnings());
  return answer;
}

Result<bool> refresh_hash(const Coordination& coordination, const std::string& id, const ProjectPath& path) {
  {
    StateFiles files = StateFiles::to_look(coordination);
    SMB_TRY_ASSIGN(const auto lock, files.read_lock(path));
    if (!lock || lock->holder != id) {
      return false;
    }
  }
  const std::string hash = file_hash(path.absolute);  // before the mutex is taken: large files take their time
  SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(coordination));
  SMB_TRY_ASSIGN(auto lock, files.read_lock(path));
  if (!lock || lock->holder != id) {
    return false;
  }
  if (lock->hash != hash) {
    lock->hash = hash;
    SMB_TRY(files.write_lock(path, *lock));
  }
  return true;
}

Result<LockCheck> check_lock(const Coordination& coordination, const std::string& id, const ProjectPath& path) {
  StateFiles files = StateFiles::to_look(coordination);
  LockCheck check;
  SMB_TRY_ASSIGN(auto lock, files.read_lock(path));
  if (lock) {
    SMB_TRY_ASSIGN(const WorkRegistry registry, files.read_registry());
    SMB_TRY_ASSIGN(check.lock, complete_lock_view(files, registry, path, *std::move(lock)));
  }
  if (check.lock) {
    check.own = check.lock->lock.holder == id;
    check.verdict = !check.lock->live ? Verdict::kExpired : check.own ? Verdict::kDone : Verdict::kHeld;
  }
  check.warnings = std::move(files.warnings());
  return check;
}

Result<ConflictCheck> check_conflict(const Coordination& coordination, const ProjectPath& path) {
  StateFiles files = StateFiles::to_look(coordination);
  ConflictCheck check;
  SMB_TRY_ASSIGN(check.lock, files.read_lock(path));
  if (check.lock) {
    check.hash_now = file_hash(path.absolute);
    check.verdict = check.hash_now == check.lock->hash ? Verdict::kDone : Verdict::kConflict;
  }
  return check;
}

}  // namespace smbatcher
