#pragma once

#include <chrono>
#include <random>

#include "libregistry/core/base/result.h"
#include "libregistry/core/process/signal_queue.h"

namespace smbatcher {

/// How often something is tried again that others keep undoing: at least so many times, and then for as long as it
/// may take. The pauses between grow, and are of chance, so that those who compete do not meet again.
class SyncAttempts {
 public:
  static constexpr std::chrono::milliseconds kFirstPause{20};
  static constexpr std::chrono::milliseconds kLongestPause{2'000};

  SyncAttempts(int least, std::chrono::milliseconds time)
      : least_(least), end_(std::chrono::steady_clock::now() + time) {}

  int count() const { return count_; }
  /// Pauses after an attempt that failed. False when there is to be no further one.
  /// Errors: kRefused "interrupted" by a signal.
  Result<bool> again(const SignalQueue* signals);

 private:
  int least_;
  std::chrono::steady_clock::time_point end_;
  int count_ = 0;
  std::chrono::milliseconds pause_ = kFirstPause;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace smbatcher
