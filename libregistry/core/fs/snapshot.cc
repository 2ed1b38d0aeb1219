#include "libregistry/core/fs/snapshot.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <limits>
#include <optional>
#include <thread>
#include <utility>

#include "libregistry/core/fs/attributes.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/folders.h"
#include "libregistry/core/fs/stage.h"

namespace smbatcher {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// An editor that truncates and writes is done long before this; what takes longer is not an editor.
constexpr milliseconds kSettleTime(100);
constexpr milliseconds kPause(5);

bool same_time(const timespec& a, const timespec& b) { return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec; }

struct OpenFile {
  Descriptor file;
  FileState state;
};

Result<OpenFile> open_regular(FileOps& ops, const std::string& path, std::size_t max_size) {
  // O_NONBLOCK: a named pipe without a writer must be refused, not waited for.
  Descriptor file = open_file(ops, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file.is_open()) {
    return fail(cannot_open_file(ops, path, errno));
  }
  struct stat status {};
  if (ops.fstat(file.get(), &status) != 0) {
    return fail(cannot_read(path, errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(not_a_regular_file(path, status.st_mode));
  }
  if (std::cmp_greater(status.st_size, max_size)) {
    return fail(file_too_large(path, max_size));
  }
  return OpenFile{std::move(file), FileState::of(status)};
}

Result<std::string> read_open(FileOps& ops, const std::string& path, const OpenFile& open, std::size_t max_size) {
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(open.state.size) + kLeastRead);
  if (const int error_number = read_all(ops, open.file.get(), max_size, bytes); error_number != 0) {
    return fail(cannot_read(path, error_number));
  }
  if (bytes.size() > max_size) {
    return fail(file_too_large(path, max_size));  // it grew while it was read
  }
  return bytes;
}

// Nothing when the file was written to while it was read. A file that was replaced meanwhile is a whole text all the
// same, be it the old one: a writer finds out at publication. (Replacing changes ctime, so that is not looked at here;
// and a reader that insisted on the newest would never come to an end among many writers.)
Result<std::optional<FileSnapshot>> read_once(FileOps& ops, const std::string& path, std::size_t max_size) {
  SMB_TRY_ASSIGN(const OpenFile open, open_regular(ops, path, max_size));
  SMB_TRY_ASSIGN(std::string bytes, read_open(ops, path, open, max_size));
  struct stat after {};
  if (ops.fstat(open.file.get(), &after) != 0) {
    return fail(cannot_read(path, errno));
  }
  FileState state = FileState::of(after);
  if (!same_time(open.state.modified, state.modified) || open.state.size != state.size ||
      std::cmp_not_equal(bytes.size(), state.size)) {
    return std::nullopt;
  }
  return FileSnapshot{state, std::move(bytes)};
}

// Nothing where the kernel cannot tell (before Linux 5.8).
std::optional<bool> is_mount_root(const std::string& path) {
  struct statx status {};
  if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_TYPE, &status) != 0 ||
      (status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0) {
    return std::nullopt;
  }
  return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

bool on_another_device(FileOps& ops, const std::string& folder, const FileState& state) {
  struct stat status {};
  return ops.stat(folder, &status) == 0 && status.st_dev != state.device;
}

}  // namespace

FileState FileState::of(const struct stat& status) {
  return {status.st_dev,  status.st_ino, status.st_size, status.st_mtim, status.st_ctim,
          status.st_mode, status.st_uid, status.st_gid,  status.st_nlink};
}

bool FileState::same_content_as(const FileState& other) const {
  return device == other.device && inode == other.inode && size == other.size && same_time(modified, other.modified) &&
         same_time(changed, other.changed);
}

Result<FileSnapshot> read_file_stable(FileOps& ops, const std::string& path, std::size_t max_size) {
  const auto end = steady_clock::now() + kSettleTime;
  for (;;) {
    SMB_TRY_ASSIGN(std::optional<FileSnapshot> snapshot, read_once(ops, path, max_size));
    if (snapshot) {
      return std::move(*snapshot);
    }
    if (steady_clock::now() >= end) {
      return fail({Errc::kIo,
                   ErrorWord("file_changing"),
                   {},
                   "'" + path + "' keeps changing while it is read; find out who writes it, then try again",
                   path,
                   {}});
    }
    std::this_thread::sleep_for(kPause);
  }
}

Result<Descriptor> open_regular_file(FileOps& ops, const std::string& path) {
  SMB_TRY_ASSIGN(OpenFile open, open_regular(ops, path, std::numeric_limits<off_t>::max()));
  return std::move(open.file);
}

Result<std::string> read_file(FileOps& ops, const std::string& path, std::size_t max_size) {
  SMB_TRY_ASSIGN(const OpenFile open, open_regular(ops, path, max_size));
  return read_open(ops, path, open, max_size);
}

Result<void> check_replaceable(FileOps& ops, const std::string& path, const FileState& state) {
  const auto no = [&](ErrorWord reason, std::string message) {
    return fail({Errc::kIo, reason, {}, "'" + path + "' " + std::move(message), path, {}});
  };
  if (state.links > 1) {
    return no("hard_linked", "has other hard links, which would keep the old text; make it a file of its own (cp, mv)");
  }
  const std::string folder = folder_of(path);
  if (is_mount_root(path).value_or(on_another_device(ops, folder, state))) {
    return no("mount_point", "is a mount point of its own and cannot be replaced; mount its folder instead");
  }
  if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    Error error = io_error("cannot write to the folder '" + folder + "' of '" + path + "'", errno);
    error.message += "; a change replaces the file, so its folder must be writable for you";
    error.where = folder;
    return fail(std::move(error));
  }
  // Whether somebody else may keep the group depends on privileges and on the folder: only trying tells.
  return is_in_our_groups(state) ? Result<void>() : try_attributes(ops, path, state);
}

}  // namespace smbatcher
