#include "libregistry/core/fs/file_lock.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/flock_wait.h"

namespace smbatcher {
namespace {

// Read-write, because some network file systems refuse an exclusive lock on a descriptor that cannot write.
// O_NONBLOCK, because a named pipe must be refused, not waited for.
constexpr int kLockFileFlags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
constexpr int kFolderFlags = O_RDONLY | O_DIRECTORY;
// A hundred years: far beyond use, and the clock's nanoseconds cannot overflow.
constexpr std::chrono::milliseconds kLongestWait = std::chrono::hours(24 * 365 * 100);

Error at(const std::string& path, Error error) {
  error.where = path;
  return error;
}

std::string describe(std::chrono::milliseconds duration) {
  return duration.count() % 1000 == 0 ? std::to_string(duration.count() / 1000) + " s"
                                      : std::to_string(duration.count()) + " ms";
}

Error lock_timeout(const std::string& path, const LockDeadline& deadline) {
  const std::string how_long = deadline.immediate() ? "at once" : "within " + describe(deadline.timeout());
  return {Errc::kBusy, ErrorWord("lock_timeout"),
          {},          "could not lock '" + path + "' " + how_long + "; try again, or wait longer with --lock-timeout",
          path,        {}};
}

Error cannot_open(FileOps& ops, const std::string& path, int error_number) {
  Error error = cannot_open_file(ops, path, error_number);
  if (error_number == EACCES || error_number == EPERM) {
    error.message += "; to lock it, you need write permission on it and on its folder";
  }
  if (error_number == ENOENT) {
    error.message = "cannot create the lock file '" + path + "': its folder is not there";
  }
  return error;
}

// No lock is ever assumed where locking fails: without it two owners could hold one piece of work.
Error cannot_lock(const std::string& path, int error_number, bool folder) {
  const bool has_no_locks = means_unsupported(error_number) || error_number == EBADF;
  Error error = io_error("cannot lock '" + path + "'", error_number);
  if (folder && has_no_locks) {
    error.reason = ErrorWord("not_supported");
  } else if (has_no_locks || error_number == ENOLCK) {
    error.reason = ErrorWord("locking_not_supported");
    error.message += "; use a file system that has flock(2)";
  }
  return at(path, std::move(error));
}

// The state of `path` when it leads to the open file `fd`; nothing when it leads elsewhere.
std::optional<struct stat> state_if_current(FileOps& ops, int fd, const std::string& path) {
  struct stat held {};
  struct stat by_name {};
  if (ops.fstat(fd, &held) != 0 || held.st_nlink == 0) {
    return std::nullopt;
  }
  // A folder may be reached through a link; a lock file is opened without following one.
  const int result = S_ISDIR(held.st_mode) ? ops.stat(path, &by_name) : ops.lstat(path, &by_name);
  if (result != 0 || held.st_dev != by_name.st_dev || held.st_ino != by_name.st_ino) {
    return std::nullopt;
  }
  return held;
}

}  // namespace

LockDeadline::LockDeadline(std::chrono::milliseconds timeout)
    : timeout_(timeout), end_(std::chrono::steady_clock::now() + std::min(timeout, kLongestWait)) {}

bool LockDeadline::passed() const { return std::chrono::steady_clock::now() >= end_; }

std::chrono::milliseconds LockDeadline::left() const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
  return std::max(left, std::chrono::milliseconds(0));
}

struct FileLock::Way {
  int flags;
  int kind;
  bool create;
};

Result<FileLock> FileLock::acquire_with(FileOps& ops, const std::string& path, const Way& way,
                                        const LockDeadline& deadline) {
  const bool folder = (way.flags & O_DIRECTORY) != 0;
  for (;;) {
    Descriptor file = open_file(ops, path, way.flags);
    bool created = false;
    if (!file.is_open() && errno == ENOENT && way.create) {
      file = open_file(ops, path, way.flags | O_CREAT | O_EXCL, 0666);
      created = file.is_open();
      if (!created && errno == EEXIST) {
        continue;  // somebody else was faster
      }
    }
    if (!file.is_open()) {
      return fail(way.create || folder ? cannot_open(ops, path, errno) : cannot_open_file(ops, path, errno));
    }
    if (const int error_number = flock_until(ops, file.get(), deadline, way.kind); error_number != 0) {
      return fail(error_number == ETIMEDOUT ? lock_timeout(path, deadline) : cannot_lock(path, error_number, folder));
    }
    if (const auto state = state_if_current(ops, file.get(), path)) {
      if (!folder && !S_ISREG(state->st_mode)) {
        return fail(not_a_regular_file(path, state->st_mode));
      }
      return FileLock(ops, path, std::move(file), created);
    }
    // Removed or replaced while we waited: others lock the new file, so this lock excludes nobody.
    if (deadline.passed()) {
      return fail(lock_timeout(path, deadline));
    }
  }
}

Result<FileLock> FileLock::acquire(FileOps& ops, const std::string& path, const LockDeadline& deadline) {
  return acquire_with(ops, path, {kLockFileFlags, LOCK_EX, true}, deadline);
}

Result<FileLock> FileLock::acquire_folder(FileOps& ops, const std::string& path, const LockDeadline& deadline) {
  return acquire_with(ops, path, {kFolderFlags, LOCK_EX, false}, deadline);
}

Result<FileLock> FileLock::acquire_data(FileOps& ops, const std::string& path, Kind kind,
                                        const LockDeadline& deadline) {
  if (kind == Kind::kExclusive) {
    return acquire_with(ops, path, {kLockFileFlags, LOCK_EX, false}, deadline);
  }
  constexpr int kReadFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  return acquire_with(ops, path, {kReadFlags, LOCK_SH, false}, deadline);
}

FileLock::FileLock(FileOps& ops, std::string path, Descriptor descriptor, bool created)
    : ops_(&ops), path_(std::move(path)), descriptor_(std::move(descriptor)), created_(created) {}

bool FileLock::is_current() const { return state_if_current(*ops_, descriptor(), path_).has_value(); }

void FileLock::write_holder(const std::string& line) {
  // Only advice: a disk that is full must not keep anybody from working, so failures are left unsaid.
  const std::string text = line + "\n";
  if (ops_->pwrite(descriptor(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size())) {
    ops_->ftruncate(descriptor(), static_cast<off_t>(text.size()));
  } else {
    ops_->ftruncate(descriptor(), 0);
  }
}

std::string FileLock::read_holder(FileOps& ops, const std::string& path) {
  constexpr std::size_t kLongest = 1024;
  const Descriptor file = open_file(ops, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file.is_open()) {
    return {};
  }
  std::string text(kLongest, '\0');
  const ssize_t length = ops.pread(file.get(), text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
  return text.substr(0, text.find('\n'));
}

}  // namespace smbatcher
