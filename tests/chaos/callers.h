#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "tests/chaos/evidence.h"
#include "tests/support/tools.h"

namespace smbatcher::test {

/// False when it was asked to stop before the time was over.
bool rest(const std::stop_token& stop, std::chrono::milliseconds time);
std::int64_t boot_ms();
std::int64_t wall_ms();

/// Makes calls for many threads, writes down what each was told, and knows what runs at this moment.
class Callers {
 public:
  /// With `variant` the tools of that broken build.
  explicit Callers(const Sandbox& sandbox, std::string variant = {})
      : sandbox_(&sandbox), variant_(std::move(variant)) {}

  /// Makes one call, for an owner who makes one at a time. With `file_limit` no file may grow beyond that many blocks
  /// of 512 bytes (RLIMIT_FSIZE).
  Call call(const std::string& owner, const std::vector<std::string>& words, int file_limit = -1);

  /// A process that runs now, or 0. It is signalled only while its number is its own.
  pid_t signal_one(std::mt19937& random, int signal);
  void signal(pid_t process, int signal);

  /// What was told so far, in the order of the ends.
  std::vector<Call> log() const;
  /// Calls that wrote on standard error or gave no sound answer.
  std::vector<std::string> faults() const;

 private:
  const Sandbox* sandbox_;
  std::string variant_;
  mutable std::mutex mutex_;  // guards the rest
  std::vector<pid_t> running_;
  std::vector<Call> log_;
  std::vector<std::string> faults_;
};

}  // namespace smbatcher::test
