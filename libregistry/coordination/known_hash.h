#pragma once

#include <optional>
#include <string>

#include "libregistry/core/fs/file_ops.h"
#include "libregistry/core/fs/snapshot.h"

namespace smbatcher {

/// The SHA-1 of a file that is locked, such that nobody waits for the mutex while a large file is read: take() reads it
/// before, and under the mutex a look at size and times tells whether that still counts.
class KnownHash {
 public:
  /// The hash of the file as it is now; nullopt when the file is large and was not taken, or changed since.
  std::optional<std::string> of(FileOps& ops, const std::string& path) const;
  /// Reads the whole file.
  void take(FileOps& ops, const std::string& path);

 private:
  std::optional<FileState> state_;  // of what `hash_` was taken
  std::string hash_;
};

}  // namespace smbatcher
