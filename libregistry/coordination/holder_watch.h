#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/leases/process.h"

namespace smbatcher {

/// Sleeps until a lock file is replaced or removed, or one of the processes that hold it ends: no polling.
///
/// Made while the mutex is held, so that no change after the look at the lock is missed. Where the system gives no
/// watch (inotify's limits), wait() ends early: the caller looks again.
class HolderWatch {
 public:
  HolderWatch(FileOps& ops, const std::string& lock_file, const std::vector<ProcessRef>& processes);
  void wait(std::chrono::milliseconds timeout) const;

 private:
  std::vector<Descriptor> sources_;  // readable when something happened
  bool complete_ = true;
};

}  // namespace smbatcher
