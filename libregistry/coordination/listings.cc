#include <algorithm>

#include "libregistry/coordination/coordination.h"
#include "libregistry/coordination/instance_id.h"
#include "libregistry/coordination/standing.h"
#include "libregistry/coordination/state_files.h"
#include "libregistry/coordination/wait_queue.h"
#include "libregistry/core/fs/folders.h"

namespace smbatcher {

Result<CoordinationView> view_coordination(const Coordination& coordination) {
  StateFiles files = StateFiles::to_look(coordination);
  CoordinationView view;
  SMB_TRY_ASSIGN(view.registry, files.read_registry());
  for (InstanceRecord& record : view.registry.instances) {
    SMB_TRY_ASSIGN(const Standing standing, standing_of(files, &record, record.id, true));
    record.last_ping = standing.last_ping;
    record.status = standing.status(files.now().wall);
    view.instances.push_back({record, standing.last_ping, record.status});
  }
  const std::vector<std::string> names = names_in_folder(coordination.place.locks());
  view.lock_files = static_cast<std::size_t>(std::count_if(names.begin(), names.end(), [](const std::string& name) {
    return name.ends_with(".json") && !name.starts_with('.');
  }));
  for (const WaitQueue& queue : WaitQueue::among(coordination, names)) {
    const auto waiters = queue.look();
    view.waiters.insert(view.waiters.end(), waiters.begin(), waiters.end());
  }
  view.warnings = std::move(files.warnings());
  return view;
}

Result<LockList> list_locks(const Coordination& coordination) {
  StateFiles files = StateFiles::to_look(coordination);
  LockList list;
  SMB_TRY_ASSIGN(const WorkRegistry registry, files.read_registry());
  for (const LockRecord& lock : files.read_all_locks()) {
    SMB_TRY_ASSIGN(LockView view,
                   complete_lock_view(files, registry, project_path_of(coordination.place, lock.path), lock));
    list.locks.push_back(std::move(view));
  }
  std::sort(list.locks.begin(), list.locks.end(),
            [](const LockView& a, const LockView& b) { return a.lock.path < b.lock.path; });
  list.warnings = std::move(files.warnings());
  return list;
}

}  // namespace smbatcher
