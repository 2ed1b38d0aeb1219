#include "libregistry/core/process/signal_queue.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

namespace smbatcher {

Result<SignalQueue> SignalQueue::take_over(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) {
    sigaddset(&set, signal);
  }
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const int descriptor = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor < 0) {
    return fail(io_error("cannot wait for signals", errno));
  }
  return SignalQueue(descriptor);
}

std::optional<int> SignalQueue::next() const {
  signalfd_siginfo info{};
  return ::read(descriptor_, &info, sizeof info) == sizeof info ? std::optional(static_cast<int>(info.ssi_signo))
                                                                : std::nullopt;
}

}  // namespace smbatcher
