#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "libregistry/fs/descriptor.h"
#include "libregistry/fs/replace_file.h"
#include "libregistry/fs/stage.h"

namespace smbatcher {
namespace {

std::chrono::nanoseconds as_duration(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Whether any write after now changes the time that `state` has: not while the kernel's clock for files still stands
/// at that tick, which is 10 ms long at most.
bool would_show_a_write(const struct stat& state) {
  constexpr std::chrono::milliseconds kTick{20};
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return as_duration(now) - as_duration(state.st_mtim) > kTick;
}

bool is_unwritten(const struct stat& before, const struct stat& after) {
  return before.st_size == after.st_size && as_duration(before.st_mtim) == as_duration(after.st_mtim) &&
         would_show_a_write(before);
}

Error cannot_read(const std::string& path, int error_number) {
  Error error = io_error("cannot read '" + path + "'", error_number);
  error.where = path;
  return error;
}

}  // namespace

Result<std::optional<std::string>> discard_displaced(FileOps& ops, const ReplaceNames& names, const std::string& path,
                                                     const std::function<Result<bool>(int fd)>& is_ours) {
  const auto keep = [&]() -> Result<std::optional<std::string>> {
    SMB_TRY_ASSIGN(std::string kept, set_aside(ops, path, names.target, "conflict"));
    return std::optional(std::move(kept));
  };
  const Descriptor file = open_file(ops, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file.is_open()) {
    if (errno == ENOENT) {
      return std::optional<std::string>();
    }
    const bool is_foreign = errno == ELOOP || errno == ENXIO || errno == EACCES;
    return is_foreign ? keep() : fail(cannot_read(path, errno));
  }
  struct stat before {};
  if (ops.fstat(file.get(), &before) != 0) {
    return fail(cannot_read(path, errno));
  }
  if (!S_ISREG(before.st_mode)) {
    return keep();
  }
  SMB_TRY_ASSIGN(const bool ours, is_ours(file.get()));
  if (!ours) {
    return keep();
  }
  if (ops.unlink(path) != 0 && errno != ENOENT) {
    return fail(io_error("cannot remove '" + path + "'", errno));
  }
  // An editor that had the file open may have saved since it was read. What it writes from here on goes into a file
  // without a name, as the editor can see.
  struct stat after {};
  if (ops.fstat(file.get(), &after) == 0 && is_unwritten(before, after)) {
    return std::optional<std::string>();
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) {
    return fail(cannot_read(path, errno));
  }
  SMB_TRY_ASSIGN(const bool still_ours, is_ours(file.get()));
  if (still_ours) {
    return std::optional<std::string>();
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0) {
    return fail(cannot_read(path, errno));
  }
  std::string bytes;
  constexpr std::size_t kNoLimit = static_cast<std::size_t>(-1) / 2;
  if (const int error_number = read_all(ops, file.get(), kNoLimit, bytes); error_number != 0) {
    return fail(cannot_read(path, error_number));
  }
  SMB_TRY(write_part(ops, names, bytes, before.st_mode & 0666, Sync::kYes, nullptr));
  SMB_TRY_ASSIGN(std::string kept, set_aside(ops, names.part, names.target, "conflict"));
  return std::optional(std::move(kept));
}

}  // namespace smbatcher
