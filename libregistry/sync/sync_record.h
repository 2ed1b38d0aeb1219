#pragma once

#include <optional>
#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/repository.h"

namespace smbatcher {

/// What a sync is about to do to a branch and its work tree, for the sync after a crash.
struct SyncRecord {
  enum class Kind { kCommit, kUpdate };
  Kind kind = Kind::kCommit;
  std::string branch;  // "refs/heads/main"
  std::string from;    // the branch before; empty before the first commit
  std::string to;      // of an update
};

Result<void> write_record(const RepositoryPlace& place, const SyncRecord& record);
std::optional<SyncRecord> read_record(const RepositoryPlace& place);
void remove_record(const RepositoryPlace& place);

}  // namespace smbatcher
