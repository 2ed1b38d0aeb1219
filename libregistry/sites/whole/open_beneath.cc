#include "libregistry/sites/whole/open_beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace smbatcher {
namespace {

/// Where openat2(2) is not there: no link at all is followed.
int open_without_links(int root, const std::string& path, int flags) {
  int folder = ::dup(root);
  std::size_t begin = 0;
  for (std::size_t slash = path.find('/'); slash != std::string::npos && folder >= 0; slash = path.find('/', begin)) {
    const int next =
        ::openat(folder, path.substr(begin, slash - begin).c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    ::close(folder);
    folder = next;
    begin = slash + 1;
  }
  if (folder < 0) {
    return -1;
  }
  const int file = ::openat(folder, path.substr(begin).c_str(), flags | O_NOFOLLOW);
  ::close(folder);
  return file;
}

int open_beneath(int root, const std::string& path) {
  constexpr int kFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
  open_how how{};
  how.flags = kFlags;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const auto file = static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof(how)));
  return file < 0 && errno == ENOSYS ? open_without_links(root, path, kFlags) : file;
}

}  // namespace

int open_file_beneath(int root, const std::string& path, struct stat& status) {
  const int file = open_beneath(root, path);
  if (file >= 0 && (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))) {
    ::close(file);
    return -1;
  }
  return file;
}

bool is_folder_beneath(int root, const std::string& path) {
  const int folder = open_beneath(root, path);
  struct stat status {};
  const bool is_one = folder >= 0 && ::fstat(folder, &status) == 0 && S_ISDIR(status.st_mode);
  if (folder >= 0) {
    ::close(folder);
  }
  return is_one;
}

}  // namespace smbatcher
