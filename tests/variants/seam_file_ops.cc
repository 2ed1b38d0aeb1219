#include "tests/variants/seam_file_ops.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/faulty_file_ops.h"

namespace smbatcher {

FileOps& kernel_file_ops();  // the shipped system_file_ops(), renamed in this build

namespace test {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 5> kSignals{
    {{"kill", SIGKILL}, {"stop", SIGSTOP}, {"term", SIGTERM}, {"int", SIGINT}, {"hup", SIGHUP}}};
constexpr std::array<std::pair<std::string_view, int>, 9> kErrors{{{"EIO", EIO},
                                                                   {"ENOSPC", ENOSPC},
                                                                   {"EDQUOT", EDQUOT},
                                                                   {"EINTR", EINTR},
                                                                   {"EROFS", EROFS},
                                                                   {"ENOLCK", ENOLCK},
                                                                   {"EMFILE", EMFILE},
                                                                   {"EACCES", EACCES},
                                                                   {"EINVAL", EINVAL}}};

std::string from_environment(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? std::string() : std::string(text);
}

/// Notes the path of each operation, its own or that of its descriptor, for the list.
class SeamFileOps final : public FaultyFileOps {
 public:
  SeamFileOps() : action_(from_environment(kSeamDo)) {
    if (const std::string path = from_environment(kSeamTrace); !path.empty()) {
      trace_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    }
    const std::string at = from_environment(kSeamAt);
    at_ = at.empty() ? 0 : std::atoi(at.c_str());
    bool known = action_.empty() || action_ == "short";
    for (const auto& [name, error_number] : kErrors) {
      if (action_ == name) {
        fail_at(at_, error_number);
        known = true;
      }
    }
    for (const auto& [name, number] : kSignals) {
      if (action_ == name) {
        signal_ = number;
        known = true;
      }
    }
    if (!known) {
      std::abort();  // a misspelt action would disturb nothing, and so show nothing
    }
    before = [this](std::string_view call, int /*count*/) {
      if (trace_ >= 0) {
        list(call);
      }
      act();
    };
  }

  int open(const std::string& path, int flags, mode_t mode) override {
    about(path);
    const int fd = FaultyFileOps::open(path, flags, mode);
    if (fd >= 0) {
      paths_[fd] = path;
    }
    return fd;
  }
  int close(int fd) override { return FaultyFileOps::close(about(fd)); }
  ssize_t read(int fd, void* buffer, std::size_t size) override { return FaultyFileOps::read(about(fd), buffer, size); }
  ssize_t write(int fd, const void* buffer, std::size_t size) override {
    return FaultyFileOps::write(about(fd), buffer, size);
  }
  ssize_t pread(int fd, void* buffer, std::size_t size, off_t offset) override {
    return FaultyFileOps::pread(about(fd), buffer, size, offset);
  }
  ssize_t pwrite(int fd, const void* buffer, std::size_t size, off_t offset) override {
    return FaultyFileOps::pwrite(about(fd), buffer, size, offset);
  }
  int ftruncate(int fd, off_t size) override { return FaultyFileOps::ftruncate(about(fd), size); }
  int fsync(int fd) override { return FaultyFileOps::fsync(about(fd)); }
  int fstat(int fd, struct stat* status) override { return FaultyFileOps::fstat(about(fd), status); }
  int stat(const std::string& path, struct stat* status) override { return FaultyFileOps::stat(about(path), status); }
  int lstat(const std::string& path, struct stat* status) override { return FaultyFileOps::lstat(about(path), status); }
  int rename(const std::string& from, const std::string& to) override { return FaultyFileOps::rename(from, about(to)); }
  int rename_with(const std::string& from, const std::string& to, unsigned flags) override {
    return FaultyFileOps::rename_with(from, about(to), flags);
  }
  int unlink(const std::string& path) override { return FaultyFileOps::unlink(about(path)); }
  int mkdir(const std::string& path, mode_t mode) override { return FaultyFileOps::mkdir(about(path), mode); }
  int flock(int fd, int operation) override { return FaultyFileOps::flock(about(fd), operation); }
  int fchown(int fd, uid_t owner, gid_t group) override { return FaultyFileOps::fchown(about(fd), owner, group); }
  int fchmod(int fd, mode_t mode) override { return FaultyFileOps::fchmod(about(fd), mode); }
  ssize_t flistxattr(int fd, char* names, std::size_t size) override {
    return FaultyFileOps::flistxattr(about(fd), names, size);
  }
  ssize_t fgetxattr(int fd, const char* name, void* value, std::size_t size) override {
    return FaultyFileOps::fgetxattr(about(fd), name, value, size);
  }
  int fsetxattr(int fd, const char* name, const void* value, std::size_t size) override {
    return FaultyFileOps::fsetxattr(about(fd), name, value, size);
  }
  int fremovexattr(int fd, const char* name) override { return FaultyFileOps::fremovexattr(about(fd), name); }

 private:
  const std::string& about(const std::string& path) {
    path_ = path;
    return path;
  }
  int about(int fd) {
    path_ = paths_[fd];
    return fd;
  }

  void list(std::string_view call) const {
    const std::string what = count() == at_ ? action_ : "-";
    const std::string line = std::to_string(count()) + " " + std::string(call) + " " + what + " " + path_ + "\n";
    if (::write(trace_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
      std::abort();  // a list with gaps would make a sweep miss points
    }
  }

  void act() {
    limit_io(count() == at_ && action_ == "short" ? 1 : static_cast<std::size_t>(-1));
    if (count() == at_ && signal_ != 0) {
      ::kill(::getpid(), signal_);
    }
  }

  std::string action_;
  std::string path_;
  std::map<int, std::string> paths_;
  int at_ = 0;
  int signal_ = 0;
  int trace_ = -1;
};

bool is_asked_for() { return !from_environment(kSeamTrace).empty() || !from_environment(kSeamAt).empty(); }

}  // namespace
}  // namespace test

FileOps& system_file_ops() {
  static FileOps* const ops = test::is_asked_for() ? new test::SeamFileOps : &kernel_file_ops();
  return *ops;
}

}  // namespace smbatcher
