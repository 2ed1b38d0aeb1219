#pragma once

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace smbatcher::test {

/// A small file system in memory, mounted over a folder, where mounts are allowed; else the folder stays what it is,
/// and why_not() says why. It is soon full, and no sync waits for a slow disk.
class SmallDisk {
 public:
  explicit SmallDisk(std::string folder) : folder_(std::move(folder)) {
    // In a mount namespace of this thread's and its children's own: nothing is left behind, whatever dies.
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder_.c_str(), "tmpfs", 0, "size=64m") != 0) {
      why_not_ = std::strerror(errno);  // NOLINT(concurrency-mt-unsafe): no other thread yet
    }
  }
  ~SmallDisk() {
    if (is_there()) {
      ::umount2(folder_.c_str(), MNT_DETACH);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_there() const { return why_not_.empty(); }
  const std::string& why_not() const { return why_not_; }

 private:
  std::string folder_;
  std::string why_not_;
};

}  // namespace smbatcher::test
