#include "libregistry/core/fs/folders.h"

#include <dirent.h>
#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>

namespace smbatcher {
namespace {

// RFC 3339's basic form: it sorts, and has no colon, which some file systems and shells do not take.
std::string time_for_a_name() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &utc)};
}

}  // namespace

bool exists(FileOps& ops, const std::string& path) {
  struct stat status {};
  return ops.stat(path, &status) == 0;
}

bool is_folder(FileOps& ops, const std::string& path) {
  struct stat status {};
  return ops.stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : path.substr(0, slash);
}

int rename_to_free_name(FileOps& ops, const std::string& from, const std::string& to) {
  if (ops.rename_with(from, to, RENAME_NOREPLACE) == 0) {
    return 0;
  }
  if (!means_unsupported(errno)) {
    return errno;
  }
  struct stat status {};
  if (ops.lstat(to, &status) == 0) {
    return EEXIST;
  }
  if (errno != ENOENT) {
    return errno;
  }
  return ops.rename(from, to) == 0 ? 0 : errno;
}

Result<std::string> set_aside(FileOps& ops, const std::string& path, const std::string& kept_prefix,
                              std::string_view what) {
  constexpr int kMostInOneSecond = 1000;
  const std::string name = kept_prefix + "." + std::string(what) + "-" + time_for_a_name();
  int error_number = EEXIST;
  for (int count = 1; count <= kMostInOneSecond && error_number == EEXIST; ++count) {
    const std::string kept = count == 1 ? name : name + "-" + std::to_string(count);
    error_number = rename_to_free_name(ops, path, kept);
    if (error_number == 0) {
      return kept;
    }
  }
  Error error = io_error("cannot keep '" + path + "' as '" + name + "'", error_number);
  error.where = path;
  return fail(std::move(error));
}

Result<void> sync_folder(FileOps& ops, const std::string& folder) {
  const Descriptor open = open_file(ops, folder, O_RDONLY | O_DIRECTORY);
  if (!open.is_open() || ops.fsync(open.get()) != 0) {
    return fail(io_error("cannot sync the folder '" + folder + "'", errno));
  }
  return {};
}

Result<void> make_folders(FileOps& ops, const std::string& path) {
  if (path.size() > 1 && path.back() == '/') {
    return make_folders(ops, path.substr(0, path.size() - 1));
  }
  if (ops.mkdir(path, 0777) == 0) {
    return sync_folder(ops, folder_of(path));
  }
  int error_number = errno;
  // mkdir(2) of "/" or of a folder on a read-only file system may name another reason than EEXIST: so look.
  struct stat status {};
  if (ops.stat(path, &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      return {};
    }
    return fail({Errc::kIo,
                 ErrorWord("not_a_folder"),
                 {},
                 "'" + path + "' is in the way, a folder is needed: move it away or name another path",
                 path,
                 {}});
  }
  const std::string parent = folder_of(path);
  if (error_number == ENOENT && parent != path && parent != ".") {
    SMB_TRY(make_folders(ops, parent));
    if (ops.mkdir(path, 0777) == 0) {
      return sync_folder(ops, parent);
    }
    error_number = errno;
    if (error_number == EEXIST) {
      return make_folders(ops, path);  // somebody else was faster: it only remains to see what it is
    }
  }
  Error error = io_error("cannot create the folder '" + path + "'", error_number);
  error.where = path;
  return fail(std::move(error));
}

std::vector<std::string> names_in_folder(const std::string& path) {
  std::vector<std::string> names;
  DIR* const folder = ::opendir(path.c_str());
  if (folder == nullptr) {
    return names;
  }
  while (const dirent* const entry = ::readdir(folder)) {  // NOLINT(concurrency-mt-unsafe): the stream is ours alone
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      names.emplace_back(name);
    }
  }
  ::closedir(folder);
  return names;
}

}  // namespace smbatcher
