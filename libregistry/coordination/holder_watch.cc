#include "libregistry/coordination/holder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace smbatcher {
namespace {

constexpr std::chrono::milliseconds kWithoutWatch{50};

}  // namespace

HolderWatch::HolderWatch(FileOps& ops, const std::string& lock_file, const std::vector<ProcessRef>& processes) {
  Descriptor changes(ops, ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  constexpr std::uint32_t kEvents = IN_ATTRIB | IN_MODIFY | IN_MOVE_SELF | IN_DELETE_SELF;
  if (changes.is_open() && ::inotify_add_watch(changes.get(), lock_file.c_str(), kEvents) >= 0) {
    sources_.push_back(std::move(changes));
  } else {
    complete_ = false;
  }
  for (const ProcessRef& process : processes) {
    Descriptor end(ops, static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0U)));
    complete_ = complete_ && end.is_open();
    if (end.is_open()) {
      sources_.push_back(std::move(end));
    }
  }
}

void HolderWatch::wait(std::chrono::milliseconds timeout) const {
  if (!complete_) {
    timeout = std::min(timeout, kWithoutWatch);
  }
  std::vector<pollfd> polled;
  for (const Descriptor& source : sources_) {
    polled.push_back({source.get(), POLLIN, 0});
  }
  constexpr long kLongest = std::numeric_limits<int>::max();
  ::poll(polled.data(), polled.size(), static_cast<int>(std::clamp<long>(timeout.count(), 0, kLongest)));
}

}  // namespace smbatcher
