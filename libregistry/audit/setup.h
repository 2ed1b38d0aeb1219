#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/audit/change.h"

namespace smbatcher {

/// A git repository that was found: its name and its path.
struct FoundRepo {
  std::string name;
  std::string path;
};

struct FoundRepos {
  std::vector<FoundRepo> repos;       // by name
  std::vector<std::string> warnings;  // folders whose names cannot be taken
};

/// The git repositories right below `folder`: folders with a `.git`. Errors: kNotFound "directory_not_found"; kIo.
Result<FoundRepos> scan_repos(const std::string& folder);

/// A new queue of these repositories. Source: docs/audit-queue.md, "The data".
Json new_audit_document(const AuditPlace& place, const FoundRepos& found, const std::string& scanned, WallTime now);

enum class AuditMode { kReplace, kInPlace };

struct SetUpRequest {
  std::optional<AuditMode> mode;  // else: as it is, kReplace for a new queue
  bool overwrite = false;         // a queue that is there, backed up first
  std::string scanned;            // the folder that was scanned, for the notes of the entries
  FoundRepos found;
};

struct SetUp {
  bool created = false;  // a new queue was written; else only the mode was changed
  AuditMode mode = AuditMode::kReplace;
  AuditAnswer answer;
};

/// Creates the folders, the queue and a README.md where there is none, or changes the mode of a queue that is there.
/// Errors: kRefused "already_set_up" when there is a queue and nothing of it is to be changed; those of change_audit().
Result<SetUp> set_up_audit(const AuditPlace& place, const AuditCall& call, const SetUpRequest& request);

}  // namespace smbatcher
