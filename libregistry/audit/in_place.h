#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libregistry/audit/backups.h"
#include "libregistry/audit/place.h"
#include "libregistry/core/fs/file_lock.h"

namespace smbatcher {

/// Writing into the data file itself, for a fleet in which scripts lock that file and would go on with the old one were
/// it replaced. Source: docs/audit-queue.md, "In-place mode".
///
///   dir/.NAME.next   the new text, complete and synced; there while it is copied over NAME under NAME's own lock
///
/// A crash cuts the copy. Then each byte of NAME is the one of the old text, which is the last backup of ours, or the
/// one of .NAME.next: so a cut copy can be told from a text that somebody wrote later, and finished.

/// The text of .NAME.next when `data` is its cut copy, not begun or not ended; nothing when there is none, when the
/// copy is complete, or when `data` is somebody's. The caller holds the lock on the data file, shared or not.
Result<std::optional<std::string>> cut_copy(FileOps& ops, const AuditPlace& place, std::string_view data,
                                            const AuditBackups& backups);

/// Finishes a cut copy and removes .NAME.next; one that belongs to nothing is kept as NAME.conflict-<UTC time>, and
/// that path is the answer. The caller holds the exclusive lock `data` on the data file.
Result<std::optional<std::string>> finish_cut_copy(FileOps& ops, const AuditPlace& place, const FileLock& data,
                                                   const AuditBackups& backups);

/// Writes `text` over the data file, durably. After an error the next finish_cut_copy() has the rest to do.
Result<void> write_in_place(FileOps& ops, const AuditPlace& place, const FileLock& data, std::string_view old_text,
                            std::string_view text);

}  // namespace smbatcher
