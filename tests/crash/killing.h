#pragma once

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/process.h"

namespace smbatcher::test {

/// Starts calls and kills them at a random moment of their life.
///
/// Three of four moments are spread evenly over one and a half times what a call took when it was left alone, at least
/// 6 ms: on a slow or busy machine, too, some kills are early and some late. The fourth comes at once or up to half a
/// millisecond after a file was renamed in the folder that the call writes to: most of a call's time lies before it
/// publishes, so that even spreading alone would hardly ever hit what comes after. The seed is printed; SMB_KILL_SEED
/// repeats it.
class Killer {
 public:
  Killer() : seed_(seed_from_environment()), random_(seed_) { std::cout << "SMB_KILL_SEED=" << seed_ << "\n"; }
  ~Killer() {
    std::cout << "killed before publication: " << before_ << ", after it: " << after_ << ", ended by itself: " << ended_
              << "\n";
  }
  Killer(const Killer&) = delete;
  Killer& operator=(const Killer&) = delete;

  /// Runs it to its end and learns how long that takes.
  ProcessResult time(const Command& command) {
    const auto start = std::chrono::steady_clock::now();
    ProcessResult result = run(command);
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
    longest_ = std::clamp<std::chrono::microseconds>(took * 3 / 2, std::chrono::milliseconds(6),
                                                     std::chrono::milliseconds(60));
    return result;
  }

  /// `folder`: where the call publishes what it has done.
  ProcessResult run_and_kill(const Command& command, const std::string& folder) {
    std::uniform_int_distribution<std::int64_t> moment(0, longest_.count());
    const bool on_rename = ++calls_ % 4 == 0;
    const int watch = ::inotify_init1(IN_CLOEXEC);
    ::inotify_add_watch(watch, folder.c_str(), IN_MOVED_TO);
    Process process(command);
    if (on_rename) {
      pollfd renamed{watch, POLLIN, 0};
      ::poll(&renamed, 1, 200);  // a call that renames nothing has ended by then
    }
    const std::int64_t wait = on_rename ? (calls_ % 8 == 0 ? 0 : moment(random_) % 500) : moment(random_);
    std::this_thread::sleep_for(std::chrono::microseconds(wait));
    process.kill(SIGKILL);
    ::close(watch);
    return process.wait();
  }

  void count(const ProcessResult& result, bool published) {
    ++(result.signal != SIGKILL ? ended_ : published ? after_ : before_);
  }
  void expect_both_sides_hit() const {
    EXPECT_GT(before_, 0) << "every kill came too late to show anything";
    EXPECT_GT(after_, 0) << "every kill came too early to show anything";
  }

 private:
  static unsigned seed_from_environment() {
    const char* const text = std::getenv("SMB_KILL_SEED");  // NOLINT(concurrency-mt-unsafe): nothing sets it
    return text == nullptr ? std::random_device{}() : static_cast<unsigned>(std::stoul(text));
  }

  unsigned seed_;
  std::mt19937 random_;
  std::chrono::microseconds longest_{6000};
  int calls_ = 0;
  int before_ = 0;
  int after_ = 0;
  int ended_ = 0;
};

}  // namespace smbatcher::test
