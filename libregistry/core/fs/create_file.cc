#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"
#include "libregistry/core/fs/stage.h"

namespace smbatcher {
namespace {

constexpr mode_t kCacheMode = 0666;

Error cannot_create(const ReplaceNames& names, int error_number) {
  if (error_number == EEXIST) {
    Error error = refused("already_exists", names.target, "'" + names.target + "' is already there");
    error.where = names.target;
    return error;
  }
  Error error = io_error("cannot create '" + names.target + "'", error_number);
  error.where = names.target;
  return error;
}

// Without RENAME_NOREPLACE: take the name with an empty file, then rename over that. 0 or an errno.
int take_name_then_rename(FileOps& ops, const ReplaceNames& names, mode_t mode) {
  Descriptor placeholder = open_file(ops, names.target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (!placeholder.is_open()) {
    return errno;
  }
  if (ops.rename(names.part, names.target) == 0) {
    return 0;
  }
  const int error_number = errno;
  struct stat status {};
  if (ops.fstat(placeholder.get(), &status) == 0 && status.st_size == 0) {
    ops.unlink(names.target);
  }
  return error_number;
}

std::function<Result<void>(int fd)> sharing(FileOps& ops, const std::optional<FileState>& model) {
  if (!model) {
    return nullptr;
  }
  return [&ops, &model](int fd) {
    share_like(ops, fd, model);
    return Result<void>();
  };
}

Result<void> replace_plainly(FileOps& ops, const ReplaceNames& names, std::string_view bytes, Sync sync,
                             const std::optional<FileState>& model) {
  SMB_TRY(write_part(ops, names, bytes, kCacheMode, sync, sharing(ops, model)));
  if (ops.rename(names.part, names.target) != 0) {
    const int error_number = errno;
    ops.unlink(names.part);
    Error error = io_error("cannot rename '" + names.part + "' to '" + names.target + "'", error_number);
    error.where = names.target;
    return fail(std::move(error));
  }
  return {};
}

}  // namespace

Result<Publication> create_file(FileOps& ops, const ReplaceNames& names, std::string_view bytes, mode_t mode,
                                const std::optional<FileState>& model) {
  SMB_TRY(write_part(ops, names, bytes, mode, Sync::kYes, sharing(ops, model)));
  Publication publication;
  int error_number = ops.rename_with(names.part, names.target, RENAME_NOREPLACE) == 0 ? 0 : errno;
  if (means_unsupported(error_number)) {
    publication.exchanged = false;
    error_number = take_name_then_rename(ops, names, mode);
  }
  if (error_number != 0) {
    ops.unlink(names.part);
    return fail(cannot_create(names, error_number));
  }
  publication.durable = sync_folder(ops, names.folder).has_value();
  return publication;
}

Result<void> write_cache_file(FileOps& ops, const std::string& path, std::string_view bytes,
                              const std::optional<FileState>& model) {
  return replace_plainly(ops, ReplaceNames::of(path), bytes, Sync::kNo, model);
}

Result<void> write_cache_file(FileOps& ops, const ReplaceNames& names, std::string_view bytes,
                              const std::optional<FileState>& model) {
  return replace_plainly(ops, names, bytes, Sync::kNo, model);
}

Result<void> write_own_file(FileOps& ops, const std::string& path, std::string_view bytes,
                            const std::optional<FileState>& model) {
  const ReplaceNames names = ReplaceNames::of(path);
  SMB_TRY(replace_plainly(ops, names, bytes, Sync::kYes, model));
  return sync_folder(ops, names.folder);
}

}  // namespace smbatcher
