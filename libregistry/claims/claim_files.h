#pragma once

#include <map>
#include <optional>
#include <string>

#include "libregistry/claims/history_file.h"
#include "libregistry/claims/state.h"
#include "libregistry/fs/snapshot.h"

namespace smbatcher {

/// What `claims/.state` says: of which history, on which boot, the claim files are the cache.
struct CacheState {
  HistoryMark history;
  std::string boot;
  ClaimsState state;                        // without its records
  std::map<WorkKey, std::uint64_t> events;  // the event that each claim file reflects
};

/// One claim file as it was found.
struct ClaimFile {
  enum class Condition { kReadable, kAbsent, kUnreadable, kNewer };
  Condition condition = Condition::kAbsent;
  std::optional<WorkRecord> record;
};

/// The files in claims/: one per batch and phase, and `.state`. All of them can be lost at any time; they are replaced
/// whole, never synced, and written only by the holder of the lock. Source: docs/claims-and-leases.md, "The files".
class ClaimFiles {
 public:
  ClaimFiles(FileOps& ops, std::string folder) : ops_(&ops), folder_(std::move(folder)) {}

  /// From now on, what is written is shared like the registry, whose state this is.
  void share_like(const FileState& registry) { model_ = registry; }

  std::string path_of(const WorkKey& key) const { return folder_ + "/" + key.name() + ".json"; }

  /// nullopt when there is no `.state`, or it cannot be read.
  std::optional<CacheState> read_state() const;
  ClaimFile read(const WorkKey& key) const;
  /// The state as the files show it; nullopt when they do not fit the history, the boot or each other.
  std::optional<ClaimsState> load(const CacheState& cache, const HistoryMark& mark, const std::string& boot) const;
  /// Every readable claim file: what is left to go by when the history is gone.
  std::map<WorkKey, WorkRecord> scan() const;

  Result<void> write(const WorkKey& key, const WorkRecord& record);
  Result<void> write_state(const ClaimsState& state, const HistoryMark& mark, const std::string& boot);
  /// Renames an unreadable file out of the way; answers the new path.
  Result<std::string> set_aside_unreadable(const WorkKey& key);

 private:
  Result<void> write_file(const std::string& path, const std::string& text);

  FileOps* ops_;
  std::string folder_;
  std::optional<FileState> model_;
  bool folder_made_ = false;
};

}  // namespace smbatcher
