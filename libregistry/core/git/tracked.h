#pragma once

#include <optional>
#include <string>
#include <vector>

namespace smbatcher {

/// A file that git tracks and that is not checked out: left out of a sparse checkout, or deleted.
struct TrackedFile {
  std::string path;     // relative to the folder asked about
  bool sparse = false;  // a sparse checkout leaves it out
  std::string command;  // brings it back, from any folder
};

/// The first of `paths` (relative to `folder`) that git tracks; nothing where it tracks none or cannot be asked.
std::optional<TrackedFile> first_tracked(const std::string& folder, const std::vector<std::string>& paths);

}  // namespace smbatcher
