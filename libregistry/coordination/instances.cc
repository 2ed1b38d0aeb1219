#include <unistd.h>

#include <algorithm>

#include "libregistry/coordination/coordination.h"
#include "libregistry/coordination/instance_id.h"
#include "libregistry/coordination/lock_grant.h"
#include "libregistry/coordination/standing.h"
#include "libregistry/coordination/state_files.h"
#include "libregistry/coordination/text_limits.h"
#include "libregistry/coordination/wait_queue.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/folders.h"

namespace smbatcher {
namespace {

Result<void> check_registration(const Registration& registration) {
  SMB_TRY(check_text("--task", registration.task, kMaxTask));
  SMB_TRY(check_text("--role", registration.role, kMaxRole));
  if (registration.id && !is_instance_id(*registration.id)) {
    return fail(invalid_instance_id(*registration.id));
  }
  return {};
}

HeartbeatRecord first_heartbeat(const std::string& id, std::int64_t pid, WallTime now) {
  return {id, pid, now, 0, "starting", {}};
}

/// Takes `path` off the list of `record` when another instance holds it.
void drop_lost(InstanceRecord& record, const std::vector<std::string>& lost) {
  for (const std::string& path : lost) {
    record.remove_file(path);
  }
}

/// Renews what `record` holds and has used up half of; finds out what it lost.
Result<void> look_after_locks(StateFiles& files, const WorkRegistry& registry, const InstanceRecord& record,
                              Beat& beat) {
  for (const std::string& file : record.files_locked) {
    const ProjectPath path = project_path_of(files.coordination().place, file);
    auto view = read_listed_lock(files, registry, path);
    if (view && view->lock.holder != record.id && view->live) {
      beat.lost.push_back(file);
    }
    if (!view || view->lock.holder != record.id || view->why_free == "process_gone") {
      continue;
    }
    const std::chrono::seconds length = length_of(*view);
    if (view->left * 2 < length) {
      SMB_TRY(write_renewed(files, path, *view, length));
      beat.renewed.push_back(file);
    }
  }
  return {};
}

/// What clean_up() would do.
Result<Cleanup> look_for_cleanup(const Coordination& coordination) {
  StateFiles files = StateFiles::to_look(coordination);
  SMB_TRY_ASSIGN(const WorkRegistry registry, files.read_registry());
  Cleanup cleanup;
  SMB_TRY_ASSIGN(cleanup.instances, find_gone_instances(files, registry, {}));
  for (const LockRecord& lock : files.read_all_locks()) {
    const bool goes_anyway =
        std::find(cleanup.instances.begin(), cleanup.instances.end(), lock.holder) != cleanup.instances.end();
    const auto view = read_listed_lock(files, registry, project_path_of(coordination.place, lock.path));
    if (!goes_anyway && view && !view->live) {
      cleanup.locks.push_back(lock.path);
    }
  }
  cleanup.warnings = std::move(files.warnings());
  return cleanup;
}

}  // namespace

Result<Registered> register_instance(const Coordination& coordination, const Registration& registration) {
  SMB_TRY(check_registration(registration));
  SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(coordination));
  const Instant& now = files.now();
  std::optional<ProcessRef> process;
  if (registration.pid) {
    SMB_TRY_ASSIGN(process, reference_to(*registration.pid, now.boot, coordination.processes));
  }
  Registered registered;
  registered.id = registration.id.value_or(fresh_instance_id(now.wall));
  SMB_TRY_ASSIGN(WorkRegistry registry, files.read_registry());
  SMB_TRY_ASSIGN(registered.removed, remove_gone_instances(files, registry, registered.id));

  const std::int64_t pid = registration.pid.value_or(::getppid());
  InstanceRecord record =
      new_instance_record(coordination, registered.id, registration.task, registration.role, pid, now.wall);
  if (InstanceRecord* const known = registry.find(registered.id)) {
    registered.again = true;
    record.files_locked = known->files_locked;
    *known = std::move(record);
  } else {
    registry.instances.push_back(std::move(record));
  }
  SMB_TRY(files.write_registry(registry));
  SMB_TRY(files.remove_instance_files(registered.id));
  if (process) {
    SMB_TRY(files.write_instance_process(registered.id, grant(1, registered.id, kStaleAfter, process, now)));
  }
  SMB_TRY(files.write_heartbeat(first_heartbeat(registered.id, pid, now.wall)));
  registered.warnings = std::move(files.warnings());
  return registered;
}

Result<Unregistered> unregister_instance(const Coordination& coordination, const std::string& id) {
  if (!is_instance_id(id)) {
    return fail(invalid_instance_id(id));
  }
  SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(coordination));
  SMB_TRY_ASSIGN(WorkRegistry registry, files.read_registry());
  Unregistered answer;
  SMB_TRY_ASSIGN(answer.released, remove_locks_of(files, registry, {id}));
  SMB_TRY(files.remove_instance_files(id));
  const auto known = [&id](const InstanceRecord& record) { return record.id == id; };
  answer.was_registered = std::erase_if(registry.instances, known) > 0;
  if (answer.was_registered) {
    SMB_TRY(files.write_registry(registry));
  }
  answer.warnings = std::move(files.warnings());
  return answer;
}

Result<Beat> heartbeat(const Coordination& coordination, const std::string& id) {
  if (!is_instance_id(id)) {
    return fail(invalid_instance_id(id));
  }
  SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(coordination));
  SMB_TRY_ASSIGN(WorkRegistry registry, files.read_registry());
  Beat beat;
  InstanceRecord* const record = registry.find(id);
  if (record == nullptr) {
    beat.verdict = Verdict::kStale;
    beat.warnings = std::move(files.warnings());
    return beat;
  }
  SMB_TRY_ASSIGN(beat.ping_count, write_sign_of_life(files, id));
  SMB_TRY(look_after_locks(files, registry, *record, beat));
  if (!beat.lost.empty()) {
    drop_lost(*record, beat.lost);
    SMB_TRY(files.write_registry(registry));
  }
  beat.warnings = std::move(files.warnings());
  return beat;
}

Result<Cleanup> clean_up(const Coordination& coordination, bool dry_run) {
  if (dry_run) {
    return look_for_cleanup(coordination);
  }
  SMB_TRY_ASSIGN(StateFiles files, StateFiles::to_change(coordination));
  SMB_TRY_ASSIGN(WorkRegistry registry, files.read_registry());
  Cleanup cleanup;
  SMB_TRY_ASSIGN(cleanup.instances, remove_gone_instances(files, registry, {}));
  for (const LockRecord& lock : files.read_all_locks()) {
    const ProjectPath path = project_path_of(coordination.place, lock.path);
    const auto view = read_listed_lock(files, registry, path);
    if (!view || view->live) {
      continue;
    }
    SMB_TRY(files.remove_lock(path));
    cleanup.locks.push_back(lock.path);
    for (InstanceRecord& record : registry.instances) {
      record.remove_file(lock.path);
    }
  }
  for (WaitQueue& queue : WaitQueue::among(coordination, names_in_folder(coordination.place.locks()))) {
    queue.before(nullptr);
  }
  SMB_TRY(files.write_registry(registry));
  cleanup.warnings = std::move(files.warnings());
  return cleanup;
}

}  // namespace smbatcher
