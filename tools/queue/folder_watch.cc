#include "tools/queue/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace smbatcher {

FolderWatch::FolderWatch(const RegistryPaths& paths)
    : state_(paths.state), descriptor_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  watch(paths.folder);
  watch(state_);
}

void FolderWatch::watch(const std::string& folder) const {
  if (descriptor_ >= 0) {
    ::inotify_add_watch(descriptor_, folder.c_str(), IN_MODIFY | IN_MOVED_TO | IN_CREATE);
  }
}

FolderWatch::~FolderWatch() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

void FolderWatch::sleep(std::chrono::milliseconds longest) const {
  pollfd watched{descriptor_, POLLIN, 0};
  ::poll(&watched, 1, static_cast<int>(std::max<std::chrono::milliseconds::rep>(longest.count(), 1)));
}

void FolderWatch::drain() const {
  watch(state_);
  std::array<char, 4096> buffer{};
  while (descriptor_ >= 0 && ::read(descriptor_, buffer.data(), buffer.size()) > 0) {
  }
}

}  // namespace smbatcher
