#include "libregistry/core/fs/stop_signals.h"

#include <algorithm>
#include <array>

namespace smbatcher {
namespace {

constexpr std::array kStopSignals{SIGTERM, SIGINT, SIGHUP};

// Linux keeps an ignored signal pending while it is blocked: its handling might still change.
bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
         action.sa_handler == SIG_IGN;
}

}  // namespace

BlockStopSignals::BlockStopSignals() {
  sigset_t stop;
  sigemptyset(&stop);
  for (const int signal : kStopSignals) {
    sigaddset(&stop, signal);
  }
  pthread_sigmask(SIG_BLOCK, &stop, &previous_);
}

BlockStopSignals::~BlockStopSignals() { pthread_sigmask(SIG_SETMASK, &previous_, nullptr); }

bool BlockStopSignals::stop_pending() const {
  sigset_t pending;
  if (sigpending(&pending) != 0) {
    return false;
  }
  return std::any_of(kStopSignals.begin(), kStopSignals.end(), [&](int signal) {
    return sigismember(&pending, signal) == 1 && sigismember(&previous_, signal) == 0 && !is_ignored(signal);
  });
}

}  // namespace smbatcher
