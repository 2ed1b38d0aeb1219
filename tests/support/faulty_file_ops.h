#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/fs/file_ops.h"

namespace smbatcher::test {

/// System calls that fail when the test says so.
///
/// Calls are counted from 1, of all kinds together. The n-th one fails with an errno (`fail_at`) or ends the process
/// with status 9 before it is made (`exit_at`); all others reach the kernel. A close(2) that fails closes all the same,
/// as on Linux. Hooks run before and after each call with its name and how often that name was called so far, so that a
/// test can be the editor who saves in between.
class FaultyFileOps : public FileOps {
 public:
  using Hook = std::function<void(std::string_view call, int count)>;

  void fail_at(int n, int error_number) { faults_[n] = error_number; }
  void exit_at(int n) { exit_at_ = n; }
  /// Every call of this name fails.
  void fail_always(const std::string& call, int error_number) { always_[call] = error_number; }
  /// read(2) and write(2) move at most this many bytes.
  void limit_io(std::size_t size) { most_ = size; }
  /// fsync(2) is counted and may fail, but is not made: for sweeps that do not depend on what the disk holds.
  void pretend_sync() { pretend_sync_ = true; }
  Hook before;
  Hook after;

  int count() const { return static_cast<int>(calls_.size()); }
  int count(const std::string& call) const { return static_cast<int>(std::count(calls_.begin(), calls_.end(), call)); }
  /// The names of all calls so far, in order.
  const std::vector<std::string>& calls() const { return calls_; }

  int open(const std::string& path, int flags, mode_t mode) override {
    return run("open", [&] { return FileOps::open(path, flags, mode); });
  }
  int close(int fd) override {
    const int result = run("close", [&] { return FileOps::close(fd); });
    if (failed_) {
      FileOps::close(fd);
    }
    return result;
  }
  ssize_t read(int fd, void* buffer, std::size_t size) override {
    return run("read", [&] { return FileOps::read(fd, buffer, std::min(size, most_)); });
  }
  ssize_t write(int fd, const void* buffer, std::size_t size) override {
    return run("write", [&] { return FileOps::write(fd, buffer, std::min(size, most_)); });
  }
  ssize_t pread(int fd, void* buffer, std::size_t size, off_t offset) override {
    return run("pread", [&] { return FileOps::pread(fd, buffer, std::min(size, most_), offset); });
  }
  ssize_t pwrite(int fd, const void* buffer, std::size_t size, off_t offset) override {
    return run("pwrite", [&] { return FileOps::pwrite(fd, buffer, std::min(size, most_), offset); });
  }
  int ftruncate(int fd, off_t size) override {
    return run("ftruncate", [&] { return FileOps::ftruncate(fd, size); });
  }
  int fsync(int fd) override {
    return run("fsync", [&] { return pretend_sync_ ? 0 : FileOps::fsync(fd); });
  }
  int fstat(int fd, struct stat* status) override {
    return run("fstat", [&] { return FileOps::fstat(fd, status); });
  }
  int stat(const std::string& path, struct stat* status) override {
    return run("stat", [&] { return FileOps::stat(path, status); });
  }
  int lstat(const std::string& path, struct stat* status) override {
    return run("lstat", [&] { return FileOps::lstat(path, status); });
  }
  int rename(const std::string& from, const std::string& to) override {
    return run("rename", [&] { return FileOps::rename(from, to); });
  }
  int rename_with(const std::string& from, const std::string& to, unsigned flags) override {
    return run("rename_with", [&] { return FileOps::rename_with(from, to, flags); });
  }
  int unlink(const std::string& path) override {
    return run("unlink", [&] { return FileOps::unlink(path); });
  }
  int mkdir(const std::string& path, mode_t mode) override {
    return run("mkdir", [&] { return FileOps::mkdir(path, mode); });
  }
  int flock(int fd, int operation) override {
    return run("flock", [&] { return FileOps::flock(fd, operation); });
  }
  int fchown(int fd, uid_t owner, gid_t group) override {
    return run("fchown", [&] { return FileOps::fchown(fd, owner, group); });
  }
  int fchmod(int fd, mode_t mode) override {
    return run("fchmod", [&] { return FileOps::fchmod(fd, mode); });
  }
  ssize_t flistxattr(int fd, char* list, std::size_t size) override {
    return run("flistxattr", [&] { return FileOps::flistxattr(fd, list, size); });
  }
  ssize_t fgetxattr(int fd, const char* name, void* value, std::size_t size) override {
    return run("fgetxattr", [&] { return FileOps::fgetxattr(fd, name, value, size); });
  }
  int fsetxattr(int fd, const char* name, const void* value, std::size_t size) override {
    return run("fsetxattr", [&] { return FileOps::fsetxattr(fd, name, value, size); });
  }
  int fremovexattr(int fd, const char* name) override {
    return run("fremovexattr", [&] { return FileOps::fremovexattr(fd, name); });
  }

 private:
  template <class Call>
  auto run(const std::string& name, Call call) -> decltype(call()) {
    calls_.push_back(name);
    if (count() == exit_at_) {
      ::_exit(9);
    }
    if (before) {
      before(name, count(name));
    }
    int error_number = 0;
    if (const auto fault = faults_.find(count()); fault != faults_.end()) {
      error_number = fault->second;
    } else if (const auto found = always_.find(name); found != always_.end()) {
      error_number = found->second;
    }
    failed_ = error_number != 0;
    if (failed_) {
      errno = error_number;
      return -1;
    }
    const auto result = call();
    const int kept_errno = errno;
    if (after) {
      after(name, count(name));
    }
    errno = kept_errno;
    return result;
  }

  std::vector<std::string> calls_;
  std::map<int, int> faults_;
  std::map<std::string, int> always_;
  int exit_at_ = 0;
  std::size_t most_ = static_cast<std::size_t>(-1);
  bool pretend_sync_ = false;
  bool failed_ = false;
};

}  // namespace smbatcher::test
