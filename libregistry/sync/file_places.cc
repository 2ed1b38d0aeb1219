#include "libregistry/sync/file_places.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace smbatcher {
namespace {

constexpr int kFolder = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

int rename_between(const FileRoot& from, const FileRoot& to, const std::string& path, unsigned flags) {
  const Descriptor source = from.parent_of(path, false);
  if (!source.is_open()) {
    return errno;
  }
  const Descriptor target = to.parent_of(path, true);
  if (!target.is_open()) {
    return errno;
  }
  const std::string name = FileRoot::name_of(path);
  return ::renameat2(source.get(), name.c_str(), target.get(), name.c_str(), flags) == 0 ? 0 : errno;
}

}  // namespace

Result<FileRoot> FileRoot::open(const std::string& path) {
  Descriptor folder(system_file_ops(), ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) {
    return fail(io_error("cannot open the folder '" + path + "'", errno));
  }
  return FileRoot(std::move(folder));
}

Descriptor FileRoot::parent_of(const std::string& path, bool make) const {
  Descriptor folder(system_file_ops(), ::openat(folder_.get(), ".", kFolder));
  std::size_t begin = 0;
  for (std::size_t end = path.find('/'); end != std::string::npos && folder.is_open(); end = path.find('/', begin)) {
    const std::string name = path.substr(begin, end - begin);
    if (make && ::mkdirat(folder.get(), name.c_str(), 0777) != 0 && errno != EEXIST) {
      return {};
    }
    folder = Descriptor(system_file_ops(), ::openat(folder.get(), name.c_str(), kFolder));
    begin = end + 1;
  }
  return folder;
}

std::string FileRoot::name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

void FileRoot::remove_empty_parents(const std::string& path) const {
  std::string folder = path;
  for (std::size_t slash = folder.rfind('/'); slash != std::string::npos; slash = folder.rfind('/')) {
    folder.resize(slash);
    const Descriptor parent = parent_of(folder, false);
    if (!parent.is_open() || ::unlinkat(parent.get(), name_of(folder).c_str(), AT_REMOVEDIR) != 0) {
      return;
    }
  }
}

int exchange_files(const FileRoot& from, const FileRoot& to, const std::string& path) {
  return rename_between(from, to, path, RENAME_EXCHANGE);
}

int move_file(const FileRoot& from, const FileRoot& to, const std::string& path) {
  return rename_between(from, to, path, RENAME_NOREPLACE);
}

Result<void> write_like(const std::string& path, std::string_view text, const std::string& model) {
  struct stat now {};
  ::stat(model.c_str(), &now);
  const Descriptor file = open_file(system_file_ops(), path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
  int error = file.is_open() ? write_all(system_file_ops(), file.get(), text) : errno;
  if (error == 0 && (::fchmod(file.get(), now.st_mode & 07777U) != 0 || ::fsync(file.get()) != 0)) {
    error = errno;
  }
  return error == 0 ? Result<void>() : fail(io_error("cannot write '" + path + "'", error));
}

}  // namespace smbatcher
