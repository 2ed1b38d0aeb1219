#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/sync/file_places.h"
#include "libregistry/sync/git_command.h"

namespace smbatcher {

/// A path that differs between two commits.
struct TreeChange {
  std::string path;
  bool was_there = false;
  bool is_there = false;
  bool was_submodule = false;
  bool is_submodule = false;
  std::string before;  // "100644 <object>", as `git update-index --index-info` takes it; where it was there
};

/// Renames are a removal and an addition.
Result<std::vector<TreeChange>> changes_between(const Git& git, const std::string& from, const std::string& to);

/// True for the path of a registry.
bool is_registry_path(const std::string& path);

/// A file as it lies in a work tree.
struct FileShape {
  bool is_link = false;
  bool executable = false;
  std::string bytes;  // where a link leads

  /// Tells two files apart without keeping their bytes.
  std::string digest() const;
};

/// What lies at `name` in the folder `folder_fd`; nullopt for nothing, and `is_odd` for a folder or a special file.
struct FoundFile {
  std::optional<FileShape> file;
  bool is_odd = false;
};
Result<FoundFile> look_at(int folder_fd, const std::string& name);
/// The same for a path below a root; odd, too, when something else has the name of a folder on the way.
Result<FoundFile> look_at(const FileRoot& root, const std::string& path);

}  // namespace smbatcher
