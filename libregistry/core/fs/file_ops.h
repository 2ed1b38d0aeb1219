#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <string>

namespace smbatcher {

/// The system calls that a locked rewrite makes, so that a test can fail each in turn or end the process at each.
///
/// Every function has the name, the arguments and the result of its system call: -1 and errno on failure. What ships
/// uses system_file_ops() and nothing else; a test derives from it.
class FileOps {
 public:
  virtual ~FileOps() = default;

  virtual int open(const std::string& path, int flags, mode_t mode);
  virtual int close(int fd);
  virtual ssize_t read(int fd, void* buffer, std::size_t size);
  virtual ssize_t write(int fd, const void* buffer, std::size_t size);
  virtual ssize_t pread(int fd, void* buffer, std::size_t size, off_t offset);
  virtual ssize_t pwrite(int fd, const void* buffer, std::size_t size, off_t offset);
  virtual int ftruncate(int fd, off_t size);
  virtual int fsync(int fd);
  /// sync_file_range(2): the disk begins to write. Promises nothing; fsync() is then done sooner.
  virtual int start_write_back(int fd);
  virtual int fstat(int fd, struct stat* status);
  virtual int stat(const std::string& path, struct stat* status);
  virtual int lstat(const std::string& path, struct stat* status);
  virtual int rename(const std::string& from, const std::string& to);
  /// renameat2(2) with RENAME_EXCHANGE or RENAME_NOREPLACE in `flags`.
  virtual int rename_with(const std::string& from, const std::string& to, unsigned flags);
  virtual int unlink(const std::string& path);
  virtual int mkdir(const std::string& path, mode_t mode);
  virtual int flock(int fd, int operation);
  virtual int fchown(int fd, uid_t owner, gid_t group);
  virtual int fchmod(int fd, mode_t mode);
  virtual ssize_t flistxattr(int fd, char* list, std::size_t size);
  virtual ssize_t fgetxattr(int fd, const char* name, void* value, std::size_t size);
  virtual int fsetxattr(int fd, const char* name, const void* value, std::size_t size);
  virtual int fremovexattr(int fd, const char* name);
};

FileOps& system_file_ops();

}  // namespace smbatcher
