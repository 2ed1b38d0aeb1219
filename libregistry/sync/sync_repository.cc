#include "libregistry/sync/sync_repository.h"

#include <signal.h>

#include <memory>
#include <optional>
#include <utility>

#include "libregistry/sync/sync_run.h"

namespace smbatcher {
namespace {

Git make_git(const std::string& folder, const SyncOptions& options, const SyncSurroundings& surroundings) {
  GitSetting setting;
  setting.folder = folder;
  setting.time_limit = options.git_timeout;
  setting.signals = surroundings.signals;
  return Git(std::move(setting));
}

/// While a run only waits, a signal ends it as it ends any program: nothing has begun, and nobody reads the queue.
class LetSignalsAct {
 public:
  LetSignalsAct() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      sigaddset(&signals, signal);
    }
    ::pthread_sigmask(SIG_UNBLOCK, &signals, &previous_);
  }
  ~LetSignalsAct() { ::pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }
  LetSignalsAct(const LetSignalsAct&) = delete;
  LetSignalsAct& operator=(const LetSignalsAct&) = delete;

 private:
  sigset_t previous_{};
};

Result<SyncLock> wait_for_lock(const RepositoryPlace& place, const SyncOptions& options,
                               const SyncSurroundings& surroundings) {
  std::optional<LetSignalsAct> waiting;
  if (surroundings.held == nullptr) {  // else the first repository's lock is to be given back in order
    waiting.emplace();
  }
  return SyncLock::acquire(surroundings.ops, place, LockDeadline(options.wait), surroundings.clock);
}

Result<std::unique_ptr<const HeldRepository>> locked_run(const Git& git, const RepositoryPlace& place,
                                                         const SyncOptions& options,
                                                         const SyncSurroundings& surroundings, SyncSummary& summary) {
  if (surroundings.held != nullptr && surroundings.held->common_dir == place.common_dir) {
    // Another work tree of the first one, or that once more.
    SMB_TRY(run_sync(git, place, surroundings.held->lock, options, surroundings, summary));
    return nullptr;
  }
  SMB_TRY_ASSIGN(SyncLock lock, wait_for_lock(place, options, surroundings));
  SMB_TRY(run_sync(git, place, lock, options, surroundings, summary));
  return std::make_unique<const HeldRepository>(HeldRepository{place.common_dir, std::move(lock)});
}

}  // namespace

SyncResult sync_repository(const std::string& folder, const SyncOptions& options,
                           const SyncSurroundings& surroundings) {
  SyncResult result;
  const Git git = make_git(folder, options, surroundings);
  const auto place = find_repository(git, folder);
  if (!place) {
    result.failure = place.error();
    return result;
  }
  result.summary.top = place->top;
  auto done = locked_run(git, *place, options, surroundings, result.summary);
  if (!done && done.error().reason == FailWord("unsaved_session_logs") && options.save_first && !options.dry_run) {
    // Without the lock: what saves may sync by itself.
    auto saved = git.in(place->top).run_other({"/bin/sh", "-c", *options.save_first});
    if (!saved || !saved->ok()) {
      result.failure = saved ? refused("save_failed", std::to_string(saved->status),
                                       "'" + *options.save_first + "' failed: " + saved->complaint())
                             : std::move(saved).error();
      return result;
    }
    done = locked_run(git, *place, options, surroundings, result.summary);
  }
  if (done) {
    result.held = std::move(*done);
  } else {
    result.failure = std::move(done).error();
  }
  return result;
}

}  // namespace smbatcher
