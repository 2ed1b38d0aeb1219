#include "libregistry/sync/attempts.h"

#include <poll.h>

#include <algorithm>

namespace smbatcher {

Result<bool> SyncAttempts::again(const SignalQueue* signals) {
  if (++count_ >= least_ && std::chrono::steady_clock::now() >= end_) {
    return false;
  }
  std::uniform_int_distribution<int> milliseconds(static_cast<int>(pause_.count() / 2),
                                                  static_cast<int>(pause_.count()));
  pollfd signal{signals == nullptr ? -1 : signals->descriptor(), POLLIN, 0};
  ::poll(&signal, 1, milliseconds(random_));
  pause_ = std::min(pause_ * 2, kLongestPause);
  if (signal.revents != 0 && signals->next()) {
    return fail(refused("interrupted", "sync", "a signal ended the sync between two attempts"));
  }
  return true;
}

}  // namespace smbatcher
