#pragma once

#include <string>
#include <string_view>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/descriptor.h"

namespace smbatcher {

/// A folder in which files are found by paths below it, without following a symbolic link.
class FileRoot {
 public:
  static Result<FileRoot> open(const std::string& path);

  /// The folder of "a/b/c", open; not open when it is not there, with errno ENOTDIR or ELOOP when something else has
  /// the name of a folder on the way. `make` makes what is missing.
  Descriptor parent_of(const std::string& path, bool make) const;
  /// "c" of "a/b/c".
  static std::string name_of(const std::string& path);
  /// Removes the folders on the way to `path` that are empty.
  void remove_empty_parents(const std::string& path) const;

 private:
  explicit FileRoot(Descriptor folder) : folder_(std::move(folder)) {}
  Descriptor folder_;
};

/// renameat2(2) between two roots, `path` having the same name in both: 0 or an errno. Missing folders are made.
/// Exchange: both are there. Otherwise the name in `to` must be free.
int exchange_files(const FileRoot& from, const FileRoot& to, const std::string& path);
int move_file(const FileRoot& from, const FileRoot& to, const std::string& path);

/// Writes a file that has the permissions of `model`, synced.
Result<void> write_like(const std::string& path, std::string_view text, const std::string& model);

}  // namespace smbatcher
