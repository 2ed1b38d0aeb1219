#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// Where an audit queue lies: its data file, and what we keep beside it. Source: docs/audit-queue.md, "The files".
struct AuditPlace {
  std::string data;           // COORDINATION_STATUS.json, symbolic links resolved
  std::string folder;         // the folder of data
  std::string lock_file;      // .NAME.lock: locked by every change of ours
  std::string lease_file;     // .NAME.lease: when the lock on a repository ends
  std::string in_place_mark;  // .NAME.in-place: there when scripts lock and write the data file itself
  std::string backups;        // .coordination_backups

  static AuditPlace of(const std::string& data);
};

inline constexpr const char* kAuditDataName = "COORDINATION_STATUS.json";
inline constexpr std::size_t kLargestQueue = std::size_t{64} << 20U;

/// What decides where a queue is looked for.
struct AuditSurroundings {
  std::string home;                      // HOME; empty when it is not set
  std::optional<std::string> audit_dir;  // AUDIT_DIR; an empty one is the working directory

  static AuditSurroundings of_process();
  /// Desktop/Github, Desktop/AUDIT_SYSTEM and .claude/audit_data in the home folder, then AUDIT_DIR.
  std::vector<std::string> folders() const;
  /// Where a new queue goes: AUDIT_DIR, else Desktop/Github.
  std::string default_folder() const;
};

enum class AuditFile { kMustExist, kMayBeMissing };

/// The queue at `file` (the data file, or a folder with one), else the first of the folders that has one. A missing one
/// is at the default place then.
/// Errors: kNotFound "file_not_found"; kUsage "ambiguous_location", with both as `locations`, when AUDIT_DIR has a
/// second one.
Result<AuditPlace> find_audit_place(FileOps& ops, const std::optional<std::string>& file,
                                    const AuditSurroundings& surroundings, AuditFile need = AuditFile::kMustExist);

}  // namespace smbatcher
