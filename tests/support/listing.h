#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace smbatcher::test {

/// Everything below a folder: each path with its kind, permissions and bytes (a link's target).
using Listing = std::map<std::string, std::string>;

inline Listing listing(const std::string& folder) {
  namespace fs = std::filesystem;
  Listing all;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    std::error_code gone;  // the folder may be at work
    const fs::file_status status = entry.symlink_status(gone);
    if (status.type() == fs::file_type::not_found) {
      continue;
    }
    std::string text = std::to_string(static_cast<int>(status.type())) + " " +
                       std::to_string(static_cast<unsigned>(status.permissions())) + " ";
    if (fs::is_symlink(status)) {
      text += fs::read_symlink(entry.path()).string();
    } else if (fs::is_regular_file(status)) {
      std::ifstream file(entry.path(), std::ios::binary);
      text.append(std::istreambuf_iterator<char>(file), {});
    }
    all.emplace(entry.path().lexically_relative(folder).string(), std::move(text));
  }
  return all;
}

/// The first path that is in only one of the two, or differs; empty when they are the same.
inline std::string difference(const Listing& before, const Listing& after) {
  for (const auto& [path, text] : before) {
    const auto now = after.find(path);
    if (now == after.end()) {
      return "'" + path + "': it is gone";
    }
    if (now->second != text) {
      return "'" + path + "': " + text.substr(0, 400) + "\n  became: " + now->second.substr(0, 400);
    }
  }
  for (const auto& [path, text] : after) {
    if (!before.contains(path)) {
      return "'" + path + "': it is new";
    }
  }
  return {};
}

}  // namespace smbatcher::test
