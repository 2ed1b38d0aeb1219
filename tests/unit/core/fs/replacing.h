#pragma once

#include <string>

#include "libregistry/core/fs/replace_file.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {

inline const std::string kOld = "# Registry\n\n| old |\n";
inline const std::string kNew = "# Registry\n\n| new, and longer |\n";
constexpr std::size_t kMaxSize = 1 << 20;

/// A folder with the file REGISTRY.md, which holds `kOld`, and its snapshot.
struct Target {
  Target() {
    dir.write("REGISTRY.md", kOld);
    look();
  }
  void look() { original = read_file_stable(system_file_ops(), names.target, kMaxSize).value(); }
  std::string now() const { return dir.read("REGISTRY.md"); }

  TempDir dir;
  ReplaceNames names = ReplaceNames::of(dir.at("REGISTRY.md"));
  FileSnapshot original;
};

inline Result<Publication> publish(FileOps& ops, const Target& target, const std::string& text = kNew) {
  return publish_replacement(ops, target.names, target.original, text, nullptr, nullptr);
}

inline Result<Publication> replace(FileOps& ops, const Target& target, const std::string& text = kNew) {
  SMB_TRY(stage_replacement(ops, target.names, target.original, text));
  return publish(ops, target, text);
}

}  // namespace smbatcher::test
