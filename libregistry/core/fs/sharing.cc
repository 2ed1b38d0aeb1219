#include "libregistry/core/fs/sharing.h"

#include <fcntl.h>

#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/folders.h"

namespace smbatcher {
namespace {

constexpr mode_t kAll = 07777;
constexpr mode_t kReadAndWrite = 0666;

mode_t group_as_others(mode_t mode) { return (mode & ~mode_t{S_IRWXG}) | ((mode & mode_t{S_IRWXO}) << 3U); }

}  // namespace

std::optional<FileState> model_at(FileOps& ops, const std::string& path) {
  struct stat status {};
  return ops.stat(path, &status) == 0 ? std::optional(FileState::of(status)) : std::nullopt;
}

void share_like(FileOps& ops, int fd, const std::optional<FileState>& model) {
  struct stat status {};
  if (!model || ops.fstat(fd, &status) != 0) {
    return;
  }
  const bool folder = S_ISDIR(status.st_mode);
  mode_t mode = folder ? (model->mode & kAll) | S_IRWXU : (model->mode & kReadAndWrite) | S_IRUSR | S_IWUSR;
  constexpr auto kUnchanged = static_cast<uid_t>(-1);
  if (status.st_gid != model->group && ops.fchown(fd, kUnchanged, model->group) != 0) {
    mode = group_as_others(mode);
  }
  // After chown(2), which takes bits away.
  if ((status.st_mode & kAll) != mode || status.st_gid != model->group) {
    ops.fchmod(fd, mode);
  }
}

Result<void> make_shared_folder(FileOps& ops, const std::string& path, const std::string& model) {
  const bool is_new = !model_at(ops, path);
  SMB_TRY(make_folders(ops, path));
  if (is_new) {
    const Descriptor folder = open_file(ops, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (folder.is_open()) {
      share_like(ops, folder.get(), model_at(ops, model));
    }
  }
  return {};
}

}  // namespace smbatcher
