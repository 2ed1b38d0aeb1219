#pragma once

#include <optional>
#include <string>

#include "libregistry/core/config/locate.h"
#include "libregistry/core/fs/append_file.h"
#include "libregistry/queue/records/history.h"

namespace smbatcher {

/// A length of the history, and how it ends there: what a cache of it was derived from.
struct HistoryMark {
  std::int64_t length = 0;
  std::string ends_with;  // hash of its last bytes

  bool operator==(const HistoryMark&) const = default;
};

/// history.jsonl: append only. Events are synced (but for those that Draft::mark_unsynced() is about), closing lines
/// are not: they can be derived.
class HistoryFile {
 public:
  /// An absent history is not an error: exists() is false until something is appended.
  static Result<HistoryFile> open(FileOps& ops, const RegistryPaths& paths, FileAccess access);

  bool exists() const { return file_.has_value(); }
  bool created() const { return created_; }
  Result<HistoryMark> mark() const;
  Result<History> read() const;

  /// Durable when it returns; the folder is synced too when the file was just created.
  Result<void> append_synced(const std::string& lines);
  Result<void> append(const std::string& lines);
  Result<void> sync();

 private:
  HistoryFile(FileOps& ops, const RegistryPaths& paths, std::optional<AppendFile> file)
      : ops_(&ops), path_(paths.history), folder_(paths.state), registry_(paths.registry), file_(std::move(file)) {}

  FileOps* ops_;
  std::string path_;
  std::string folder_;
  std::string registry_;  // what a new history is shared like
  std::optional<AppendFile> file_;
  bool created_ = false;
  mutable std::optional<std::string> end_;  // its last bytes, where they are known
};

}  // namespace smbatcher
