#include "libregistry/sites/designs/site_place.h"

#include <cerrno>
#include <utility>

#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/fs/sharing.h"
#include "libregistry/sites/designs/outputs_check.h"

namespace smbatcher {
namespace {

Error cannot_look_at(const std::string& path, int error_number) {
  Error error = io_error("cannot look at '" + path + "'", error_number);
  error.where = path;
  return error;
}

Result<void> make_real_folder(FileOps& ops, const std::string& path, const std::string& model) {
  SMB_TRY_ASSIGN(const bool is_there, has_real_folder(ops, path));
  return is_there ? Result<void>() : make_shared_folder(ops, path, model);
}

}  // namespace

Result<bool> has_real_folder(FileOps& ops, const std::string& path) {
  struct stat status {};
  if (ops.lstat(path, &status) != 0) {
    return errno == ENOENT ? Result<bool>(false) : fail(cannot_look_at(path, errno));
  }
  if (!S_ISDIR(status.st_mode)) {
    const std::string what =
        S_ISLNK(status.st_mode) ? "a symbolic link, and nothing is written through one" : "no folder";
    return fail({Errc::kIo,
                 ErrorWord("not_a_folder"),
                 {},
                 "'" + path + "' is " + what + ": put a folder in its place",
                 path,
                 {}});
  }
  return true;
}

Result<void> make_folders_inside(FileOps& ops, const std::string& folder, const std::string& relative,
                                 const std::string& model) {
  SMB_TRY(make_real_folder(ops, folder, model));
  for (std::size_t slash = relative.find('/'); slash != std::string::npos; slash = relative.find('/', slash + 1)) {
    SMB_TRY(make_real_folder(ops, folder + "/" + relative.substr(0, slash), model));
  }
  return {};
}

Result<bool> has_file_inside(FileOps& ops, const std::string& folder, const std::string& name) {
  for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    SMB_TRY_ASSIGN(const bool is_there, has_real_folder(ops, folder + "/" + name.substr(0, slash)));
    if (!is_there) {
      return false;
    }
  }
  const std::string path = folder + "/" + name;
  struct stat status {};
  if (ops.lstat(path, &status) != 0) {
    return errno == ENOENT ? Result<bool>(false) : fail(cannot_look_at(path, errno));
  }
  if (S_ISLNK(status.st_mode)) {
    SMB_TRY_ASSIGN(const auto missing, missing_outputs(folder, {name}));
    if (!missing.empty()) {
      return fail({Errc::kIo,
                   ErrorWord("not_a_regular_file"),
                   {},
                   "'" + path + "' is a symbolic link that leads out of the site's folder, or to nothing: put a file " +
                       "in its place",
                   path,
                   {}});
    }
  } else if (!S_ISREG(status.st_mode)) {
    return fail(not_a_regular_file(path, status.st_mode));
  }
  return true;
}

Result<std::optional<FileLock>> lock_folder(FileOps& ops, const std::string& folder, const LockDeadline& deadline) {
  auto lock = FileLock::acquire_folder(ops, folder, deadline);
  if (!lock) {
    return lock.error().reason == ErrorWord("not_supported") ? Result<std::optional<FileLock>>(std::nullopt)
                                                             : fail(std::move(lock).error());
  }
  return std::optional<FileLock>(std::move(*lock));
}

}  // namespace smbatcher
