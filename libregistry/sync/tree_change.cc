#include "libregistry/sync/tree_change.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <limits>

#include "libregistry/core/base/sha1.h"
#include "libregistry/core/fs/descriptor.h"

namespace smbatcher {
namespace {

constexpr std::string_view kNoMode = "000000";
constexpr std::string_view kSubmodule = "160000";

Error cannot_read(const std::string& name) { return io_error("cannot read '" + name + "'", errno); }

}  // namespace

Result<std::vector<TreeChange>> changes_between(const Git& git, const std::string& from, const std::string& to) {
  SMB_TRY_ASSIGN(const std::string out, git.output_of({"diff-tree", "-r", "-z", "--no-renames", "--raw", from, to}));
  const std::vector<std::string> parts = split_zero(out);
  std::vector<TreeChange> changes;
  for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
    // ":100644 100755 <object> <object> M"
    const std::string_view modes = parts[i];
    const std::string_view before = modes.substr(1, 6);
    const std::string_view after = modes.substr(8, 6);
    const std::string_view object = modes.substr(15, modes.find(' ', 15) - 15);
    changes.push_back({parts[i + 1], before != kNoMode, after != kNoMode, before == kSubmodule, after == kSubmodule,
                       std::string(before) + " " + std::string(object)});
  }
  return changes;
}

std::string FileShape::digest() const { return (is_link ? "l" : executable ? "x" : "-") + sha1_hex(bytes); }

bool is_registry_path(const std::string& path) {
  constexpr std::string_view kName = ".smbatcher/REGISTRY.md";
  return path == kName || path.ends_with("/" + std::string(kName));
}

Result<FoundFile> look_at(int folder_fd, const std::string& name) {
  struct stat status {};
  if (::fstatat(folder_fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) {
      return FoundFile{};
    }
    return fail(cannot_read(name));
  }
  FileShape shape;
  if (S_ISLNK(status.st_mode)) {
    std::array<char, 4096> target{};
    const ssize_t size = ::readlinkat(folder_fd, name.c_str(), target.data(), target.size());
    if (size < 0) {
      return fail(cannot_read(name));
    }
    shape.is_link = true;
    shape.bytes.assign(target.data(), static_cast<std::size_t>(size));
    return FoundFile{shape, false};
  }
  if (!S_ISREG(status.st_mode)) {
    return FoundFile{std::nullopt, true};
  }
  const Descriptor file(system_file_ops(), ::openat(folder_fd, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file.is_open()) {
    return errno == ENOENT ? Result<FoundFile>(FoundFile{}) : fail(cannot_read(name));
  }
  shape.executable = (status.st_mode & S_IXUSR) != 0;
  shape.bytes.reserve(static_cast<std::size_t>(status.st_size) + kLeastRead);
  if (const int error =
          read_all(system_file_ops(), file.get(), std::numeric_limits<std::size_t>::max() / 2, shape.bytes);
      error != 0) {
    return fail(io_error("cannot read '" + name + "'", error));
  }
  return FoundFile{std::move(shape), false};
}

Result<FoundFile> look_at(const FileRoot& root, const std::string& path) {
  const Descriptor folder = root.parent_of(path, false);
  if (!folder.is_open()) {
    return errno == ENOENT ? Result<FoundFile>(FoundFile{}) : Result<FoundFile>(FoundFile{std::nullopt, true});
  }
  return look_at(folder.get(), FileRoot::name_of(path));
}

}  // namespace smbatcher
