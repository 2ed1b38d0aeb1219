#pragma once

#include <optional>
#include <string>

#include "libregistry/audit/change.h"
#include "libregistry/audit/operations.h"

namespace smbatcher {

struct RestoreRequest {
  std::optional<std::string> backup;  // its name in the folder of backups; else the newest that can be read
  LockOwner owner;                    // a lock of somebody else is not overwritten
};

struct Restored {
  AuditAnswer answer;
  std::string from;  // the path of the backup
};

/// Puts a backup in the place of the data, also of data that is damaged or missing: what is there is backed up first,
/// or kept as NAME.corrupt-<UTC time> when it cannot be read. The text is that of the backup with a new last_updated.
/// Errors: kNotFound "backup_not_found"; kMalformed "invalid_json" of a named backup; kRefused "not_owner".
Result<Restored> restore_audit(const AuditPlace& place, const AuditCall& call, const RestoreRequest& request);

}  // namespace smbatcher
