#pragma once

#include <map>
#include <optional>
#include <string>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/core/fs/guarded_lock.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/queue/registry/registry.h"

namespace smbatcher {

/// Who asks for the lock: shown to those who time out on it.
struct HolderFacts {
  std::string owner;
  std::string command;
};

/// The lock under which a registry is read, decided on and written.
///
/// A GuardedLock whose file scripts lock with Python's fcntl.flock; a line in it names the holder. The folder excludes
/// our own calls also when one of them names another lock file. Source: docs/claims-and-leases.md, "The lock".
class RegistryLock {
 public:
  /// kBusy "lock_timeout" names the holder where it is known.
  static Result<RegistryLock> acquire(FileOps& ops, const RegistryPaths& paths, const LockDeadline& deadline,
                                      const HolderFacts& holder, const Instant& now);

  /// As GuardedLock.
  bool still_excludes() const { return lock_.still_excludes(); }
  const LockDeadline& deadline() const { return deadline_; }

 private:
  RegistryLock(GuardedLock lock, LockDeadline deadline) : lock_(std::move(lock)), deadline_(deadline) {}

  GuardedLock lock_;
  LockDeadline deadline_;
};

/// A registry as it was read, with what is needed to replace exactly this text.
struct LoadedRegistry {
  FileView snapshot;  // its bytes are the registry's
  Registry registry;
  std::string hash;
};

struct LoadRequest {
  const std::map<std::string, std::string>* columns = nullptr;
  bool known = false;  // a history says that there was a queue: what an editor or git does for a moment is waited out
  bool all_warnings = false;  // see Registry::parse
};

/// Reads and parses the registry. A file that is absent for a moment (git unlinks and creates) is looked for again for
/// a second; one that is empty, has NUL bytes or has lost its table for up to 100 ms. One that ends within a row is
/// read again until nobody has written to it for a second: docs/registry-format.md, "While somebody saves". Then:
/// "registry_not_found", "registry_empty", or what Registry::parse says.
Result<LoadedRegistry> load_registry(FileOps& ops, const RegistryPaths& paths, const LoadRequest& request);

}  // namespace smbatcher
