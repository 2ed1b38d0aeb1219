#include "libregistry/coordination/lock_grant.h"

#include <algorithm>

#include "libregistry/core/base/environment.h"

namespace smbatcher {

using std::chrono::seconds;

seconds length_of(const LockView& view) {
  if (view.lease) {
    return view.lease->lease.length;
  }
  return std::max(seconds(1), std::chrono::floor<seconds>(view.lock.expires_at - view.lock.locked_at));
}

void ensure_lease(const StateFiles& files, LockView& view, seconds length) {
  if (!view.lease) {
    const auto token = static_cast<Token>(std::max<std::int64_t>(1, files.now().wall.time_since_epoch().count()));
    view.lease.emplace();
    view.lease->path = view.lock.path;
    view.lease->host = host_name();
    view.lease->lease = grant(token, view.lock.holder, length, {}, files.now());
    view.lease->lease.acquired = view.lock.locked_at;
  }
}

Result<void> write_renewed(StateFiles& files, const ProjectPath& path, LockView& view, seconds length) {
  const Instant& now = files.now();
  ensure_lease(files, view, length);
  Lease& lease = view.lease->lease;
  if (lease.process && judge(*lease.process, now.boot, files.coordination().processes) == Liveness::kGone) {
    lease.process.reset();
  }
  lease.length = length;
  renew(lease, now);
  lease.expires.wall =
      std::chrono::floor<seconds>(now.wall) + length;  // as the originals count; our boot clock decides
  view.lock.expires_at = lease.expires.wall;
  view.left = length;
  view.live = true;
  view.why_free.clear();
  SMB_TRY(files.write_lease(path, *view.lease));
  return files.write_lock(path, view.lock);
}

Result<std::int64_t> write_sign_of_life(StateFiles& files, const std::string& id) {
  SMB_TRY_ASSIGN(auto stored, files.read_heartbeat(id));
  HeartbeatRecord record = stored ? *std::move(stored) : HeartbeatRecord{id, ::getppid(), {}, 0, {}, {}};
  record.id = id;
  record.last_ping = files.now().wall;
  record.ping_count += 1;
  record.status = "active";
  SMB_TRY(files.write_heartbeat(record));
  return record.ping_count;
}

}  // namespace smbatcher
