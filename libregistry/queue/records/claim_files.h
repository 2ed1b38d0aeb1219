#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "libregistry/core/fs/append_file.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/queue/records/claim_index.h"

namespace smbatcher {

/// `claims/.state` as it was read, open so that what changes can be written over it.
struct IndexFile {
  std::shared_ptr<ClaimIndex> index;
  Descriptor file;
  bool writable = false;
};

/// One claim file as it was found.
struct ClaimFile {
  enum class Condition { kReadable, kAbsent, kUnreadable, kNewer };
  Condition condition = Condition::kAbsent;
  std::optional<WorkRecord> record;
};

/// The files in claims/: one per batch and phase, and the index `.state`. All of them can be lost at any time; they are
/// never synced, and written only by the holder of the lock. Claim files are replaced whole, the index is changed in
/// place. Source: docs/claims-and-leases.md, "The files".
class ClaimFiles {
 public:
  ClaimFiles(FileOps& ops, std::string folder) : ops_(&ops), folder_(std::move(folder)) {}

  /// From now on, what is written is shared like the registry, whose state this is.
  void share_like(const FileState& registry) { model_ = registry; }

  std::string path_of(const WorkKey& key) const { return folder_ + "/" + key.name() + ".json"; }

  /// nullopt when there is no `.state`, or it cannot be read or is not a whole index.
  std::optional<IndexFile> read_index(FileAccess access) const;
  /// Errors: what keeps a file from being read although it may be whole (kIo); a file that is not a claim file is
  /// kUnreadable, and no error.
  Result<ClaimFile> read(const WorkKey& key) const;
  /// Every readable claim file: what is left to go by when the history is gone.
  Result<std::map<WorkKey, WorkRecord>> scan() const;

  Result<void> write(const WorkKey& key, const WorkRecord& record);
  /// Replaces the index.
  Result<void> write_index(const ClaimIndex& index);
  /// Writes what has changed in it since it was read, or all of it where that is better.
  Result<void> update_index(IndexFile& index);
  /// Renames an unreadable file out of the way; answers the new path.
  Result<std::string> set_aside_unreadable(const WorkKey& key);

 private:
  /// False when there is something else in its place, so that no file can be in it.
  bool is_folder() const;
  Result<void> write_file(const std::string& path, const std::string& text);

  FileOps* ops_;
  std::string folder_;
  std::optional<FileState> model_;
  bool folder_made_ = false;
};

}  // namespace smbatcher
