#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/stage.h"

namespace smbatcher {
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
  struct stat state {};
  if (ops.fstat(file.get(), &state) != 0) {
    return fail(cannot_read(path, errno));
  }
  if (!S_ISREG(state.st_mode)) {
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
  // without a name, as the editor can see. File times would not show every save: their clock stands for milliseconds.
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
  SMB_TRY(write_part(ops, names, bytes, state.st_mode & 0666, Sync::kYes, nullptr));
  SMB_TRY_ASSIGN(std::string kept, set_aside(ops, names.part, names.target, "conflict"));
  return std::optional(std::move(kept));
}

}  // namespace smbatcher
