#pragma once

#include <string>
#include <string_view>

#include "libregistry/coordination/place.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

/// One file of the project, however it was spelled: the thing that a lock is about.
struct ProjectPath {
  std::string relative;  // to the root, e.g. "src/a.py"; UTF-8, may hold quotes and newlines
  std::string absolute;
  /// Names in locks/. The lock file's is that of the original: base64url of `relative` without padding; where that is
  /// too long for a file name, "h-" and 32 hex digits of a hash. Ours beside it have longer endings, so their name is
  /// hashed sooner. The file_path inside a lock file decides, not its name.
  std::string lock_name;
  std::string side_name;
};

/// Symbolic links, `.` and `..` are resolved as `realpath -m` does, also for what does not exist yet; a relative path
/// starts from `working_dir`.
/// Errors, all kUsage: "path_outside_project" (with the path in Error::details), "not_a_file" for a folder and the root
/// itself, "invalid_path" for an empty one, one with a NUL, or one that is not UTF-8 (JSON cannot hold it).
Result<ProjectPath> project_path(const CoordinationPlace& place, const std::string& working_dir, std::string_view path);

/// Where `path` leads from `working_dir`, resolved in the same way; absolute.
std::string resolved_path(const std::string& working_dir, std::string_view path);

/// The same for a `relative` path that a lock file holds: nothing is looked up.
ProjectPath project_path_of(const CoordinationPlace& place, std::string relative);

/// The side_name that goes with a lock_name.
std::string side_name_of(const std::string& lock_name);

/// The SHA-1 of a file's bytes in 40 hex digits; forty zeros when there is no such file (or it cannot be read).
std::string file_hash(const std::string& path);

}  // namespace smbatcher
