#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// What stat(2) says about a file, as far as a replacement must keep it or a change shows in it.
struct FileState {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  timespec modified{};
  timespec changed{};
  mode_t mode = 0;
  uid_t owner = 0;
  gid_t group = 0;
  nlink_t links = 1;

  static FileState of(const struct stat& status);
  bool same_content_as(const FileState& other) const;  // device, inode, size, mtime, ctime
};

struct FileSnapshot {
  FileState state;
  std::string bytes;
};

/// A file as it was read, its text kept by somebody else.
struct FileView {
  FileView() = default;
  FileView(const FileState& file, std::string_view text) : state(file), bytes(text) {}
  FileView(const FileSnapshot& file) : state(file.state), bytes(file.bytes) {}  // NOLINT(google-explicit-constructor)

  FileState state;
  std::string_view bytes;
};

/// Reads the file and checks that it was not written to meanwhile (stat before and after; read again when it was, for
/// up to 100 ms, then kIo "file_changing"). Links are followed. Errors: kNotFound "not_found"; kIo "dangling_link"; kIo
/// for anything that is not a regular file ("not_a_regular_file"), is larger than `max_size` ("file_too_large"), or
/// cannot be read.
Result<FileSnapshot> read_file_stable(FileOps& ops, const std::string& path, std::size_t max_size);

/// The file, open for reading. Errors as above.
Result<Descriptor> open_regular_file(FileOps& ops, const std::string& path);

/// What people write by hand, such as a design, a batch file or a list of sites, is not larger.
inline constexpr std::size_t kLargestText = std::size_t{8} << 20U;

/// The plain read of a whole file: errors as above, without the comparison.
Result<std::string> read_file(FileOps& ops, const std::string& path, std::size_t max_size);

/// What must hold before a file may be replaced: one hard link, no mount point of its own, a folder that can be
/// written, a group that the new file can be given. The caller holds the lock that excludes other writers. Errors: kIo
/// "hard_linked", "mount_point", "permission_denied", "read_only_file_system", "cannot_keep_ownership".
Result<void> check_replaceable(FileOps& ops, const std::string& path, const FileState& state);

}  // namespace smbatcher
