#include "libregistry/core/fs/file_ops.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdio>

namespace smbatcher {

int FileOps::open(const std::string& path, int flags, mode_t mode) { return ::open(path.c_str(), flags, mode); }
int FileOps::close(int fd) { return ::close(fd); }
ssize_t FileOps::read(int fd, void* buffer, std::size_t size) { return ::read(fd, buffer, size); }
ssize_t FileOps::write(int fd, const void* buffer, std::size_t size) { return ::write(fd, buffer, size); }
ssize_t FileOps::pread(int fd, void* buffer, std::size_t size, off_t offset) {
  return ::pread(fd, buffer, size, offset);
}
ssize_t FileOps::pwrite(int fd, const void* buffer, std::size_t size, off_t offset) {
  return ::pwrite(fd, buffer, size, offset);
}
int FileOps::ftruncate(int fd, off_t size) { return ::ftruncate(fd, size); }
int FileOps::fsync(int fd) { return ::fsync(fd); }
int FileOps::start_write_back(int fd) { return ::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE); }
int FileOps::fstat(int fd, struct stat* status) { return ::fstat(fd, status); }
int FileOps::stat(const std::string& path, struct stat* status) { return ::stat(path.c_str(), status); }
int FileOps::lstat(const std::string& path, struct stat* status) { return ::lstat(path.c_str(), status); }
int FileOps::rename(const std::string& from, const std::string& to) { return ::rename(from.c_str(), to.c_str()); }
int FileOps::rename_with(const std::string& from, const std::string& to, unsigned flags) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags);
}
int FileOps::unlink(const std::string& path) { return ::unlink(path.c_str()); }
int FileOps::mkdir(const std::string& path, mode_t mode) { return ::mkdir(path.c_str(), mode); }
int FileOps::flock(int fd, int operation) { return ::flock(fd, operation); }
int FileOps::fchown(int fd, uid_t owner, gid_t group) { return ::fchown(fd, owner, group); }
int FileOps::fchmod(int fd, mode_t mode) { return ::fchmod(fd, mode); }
ssize_t FileOps::flistxattr(int fd, char* list, std::size_t size) { return ::flistxattr(fd, list, size); }
ssize_t FileOps::fgetxattr(int fd, const char* name, void* value, std::size_t size) {
  return ::fgetxattr(fd, name, value, size);
}
int FileOps::fsetxattr(int fd, const char* name, const void* value, std::size_t size) {
  return ::fsetxattr(fd, name, value, size, 0);
}
int FileOps::fremovexattr(int fd, const char* name) { return ::fremovexattr(fd, name); }

FileOps& system_file_ops() {
  static FileOps ops;  // has no state: every call goes to the kernel
  return ops;
}

}  // namespace smbatcher
