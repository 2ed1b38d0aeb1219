#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smbatcher::test {

/// A fresh folder under TMPDIR, removed with all it holds at the end of its scope.
///
/// Its path is resolved, since results name resolved paths. Every fault throws: a test cannot go on without its files.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  /// The path of `name` inside; the folder's own for an empty name.
  std::string at(std::string_view name) const;

  /// Creates missing folders on the way.
  void write(std::string_view name, std::string_view bytes) const;
  std::string read(std::string_view name) const;
  bool exists(std::string_view name) const;
  void make_dir(std::string_view name) const;
  /// The names in a folder, sorted, dot files included: for "no temporary file is left".
  std::vector<std::string> list(std::string_view name = {}) const;

 private:
  std::string path_;
};

}  // namespace smbatcher::test
