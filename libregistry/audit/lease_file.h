#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/audit/document.h"
#include "libregistry/audit/place.h"
#include "libregistry/core/leases/lease.h"

namespace smbatcher {

/// When the lock on a repository ends: our own facts, in a file beside the data.
///
/// A lease holds for one lock only, the one with its instance, repository and start: a lock that somebody else's script
/// took has none and does not end by itself. While a change is under way there may be two, that of the lock before it
/// and that of the lock after it, so that a crash between the two files loses neither.
/// Source: docs/audit-queue.md, "When a lock ends".
class AuditLeases {
 public:
  /// A missing or damaged file holds none.
  static AuditLeases load(FileOps& ops, const AuditPlace& place);

  std::optional<Lease> find(const CurrentWork& work) const;
  /// Larger than every token that was given out here; also after the file was lost.
  Token next_token(const Instant& now) const;

  /// Keeps the lease of `work` alone.
  void keep_only(const CurrentWork& work);
  void put(const CurrentWork& work, const Lease& lease);
  /// Leases that were granted on another boot; see adjust_to_boot(). True when one was changed.
  bool adjust(const Instant& now);

  Result<void> save(FileOps& ops, const AuditPlace& place) const;

 private:
  struct Entry {
    std::string instance;
    std::string repo;
    std::string started;
    Lease lease;

    bool is_of(const CurrentWork& work) const {
      return instance == work.instance && repo == work.repo && started == work.started;
    }
  };

  std::vector<Entry> entries_;
  Token last_token_ = 0;
};

}  // namespace smbatcher
