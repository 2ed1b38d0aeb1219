#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/audit/document.h"
#include "libregistry/audit/lease_file.h"
#include "libregistry/audit/place.h"
#include "libregistry/core/base/clock.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/core/leases/lease.h"

namespace smbatcher {

/// Who calls, and how.
struct AuditCall {
  FileOps& ops;
  const Clock& clock;
  milliseconds lock_timeout{60'000};
  std::size_t keep = 50;  // backups of ours; at least one is kept
  bool dry_run = false;
};

/// A queue as it is. What an edit decides on.
struct AuditView {
  Json document;  // null when the data is missing or damaged, where that is allowed
  CurrentWork work;
  std::optional<Lease> lease;  // of the current work; a lock of somebody's script has none
  Token next_token = 0;
  Instant now;

  /// The lock on a repository is over: it had a lease, and its time is up.
  bool lock_over() const;
};

/// What an edit wants. Without a document nothing is written but the lease.
struct AuditEdit {
  std::optional<Json> document;
  std::optional<Lease> lease;  // of the current work, as it is after the edit
  std::vector<std::string> warnings;
};

struct AuditAnswer {
  Json document;               // as it is now, or would be (dry run)
  std::optional<Lease> lease;  // of the current work
  std::vector<std::string> warnings;
  std::string backup;             // path; empty when nothing was written
  std::vector<std::string> kept;  // copies of what others had saved, by path
  bool durable = true;            // false: written, but the system did not confirm that it survives a power failure
};

enum class AuditData { kMustBeValid, kMayBeDamaged };

using AuditEditor = std::function<Result<AuditEdit>(const AuditView&)>;

/// The one write path: lock, look at what a crash left, read, validate, edit, validate, back up, write.
///
/// In replace mode readers see the whole old text or the whole new one at every moment, and what an editor saves
/// meanwhile is kept: then `edit` is asked again, with what was saved. In in-place mode the data file is locked as
/// scripts lock it. A refusal of `edit` changes nothing. With kMayBeDamaged, data that is damaged is kept as
/// NAME.corrupt-<UTC time>.
///
/// Errors: those of `edit`; kNotFound "file_not_found"; kMalformed "invalid_json"; kIo "permission_denied" when the
/// data file is read-only for the caller; kBusy "lock_timeout"; kIo "conflict" when others saved again and again; and
/// those of the file system. Source: docs/audit-queue.md, "How a change is written".
Result<AuditAnswer> change_audit(const AuditPlace& place, const AuditCall& call, const AuditEditor& edit,
                                 AuditData data = AuditData::kMustBeValid);

/// The queue as a reader sees it; writes nothing and works on read-only files. In in-place mode the data file is locked
/// for reading. Errors: as above.
Result<AuditView> read_audit(const AuditPlace& place, const AuditCall& call);

}  // namespace smbatcher
