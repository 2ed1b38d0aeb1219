#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libregistry/audit/place.h"
#include "libregistry/core/base/clock.h"

namespace smbatcher {

/// A copy of the data that we made before a change, and the change it was made for.
struct AuditBackup {
  std::string name;    // in the folder of backups
  std::string before;  // content_hash() of it
  std::string after;   // of the text that the change was about to write
};

/// The copies of the data in .coordination_backups.
///
/// Ours are known by a list beside them (`.smbatcher-backups.jsonl`, a line each), not by their names: scripts make
/// copies with names of the same form, and those are nobody's to delete. The caller holds the lock of the queue.
/// Source: docs/audit-queue.md, "Backups".
class AuditBackups {
 public:
  static AuditBackups load(FileOps& ops, const AuditPlace& place);

  /// What the last change of ours began with; nothing when there was none.
  std::optional<AuditBackup> last() const;
  /// The text of that backup, as long as nobody changed it.
  std::optional<std::string> last_text(FileOps& ops) const;

  /// Keeps `text` as a new file, synced, named by the local time: the next free of NAME, NAME-2, NAME-3 …; then deletes
  /// the oldest of ours until `keep` are left. Answers its path.
  Result<std::string> add(FileOps& ops, std::string_view text, std::string_view new_text, WallTime now,
                          std::size_t keep);

 private:
  explicit AuditBackups(AuditPlace place) : place_(std::move(place)) {}
  Result<std::string> create(FileOps& ops, std::string_view text, WallTime now) const;
  void prune(FileOps& ops, std::size_t keep);
  Result<void> save(FileOps& ops) const;
  std::string path_of(const AuditBackup& backup) const { return place_.backups + "/" + backup.name; }

  AuditPlace place_;
  std::vector<AuditBackup> ours_;  // oldest first
};

/// The names of all backups, also those that others made, the newest first.
Result<std::vector<std::string>> list_audit_backups(const AuditPlace& place);

}  // namespace smbatcher
