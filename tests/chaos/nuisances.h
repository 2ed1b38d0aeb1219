#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <mutex>
#include <string>

#include "tests/chaos/callers.h"

namespace smbatcher::test {

/// How often each of them struck.
struct Nuisances {
  std::atomic<int> kills = 0;
  std::atomic<int> stops = 0;
  std::atomic<int> removals = 0;
  std::atomic<int> full_disks = 0;
};

/// Kills whatever runs.
inline void kill_some(const std::stop_token& stop, Callers& callers, Nuisances& struck, unsigned seed) {
  std::mt19937 random(seed);
  while (rest(stop, std::chrono::milliseconds(5 + random() % 120))) {
    struck.kills += static_cast<int>(callers.signal_one(random, SIGKILL) != 0);
  }
}

/// Stops a call until every lease that it may know of is over, and lets it go on.
inline void stop_some(const std::stop_token& stop, Callers& callers, Nuisances& struck, unsigned seed) {
  std::mt19937 random(seed);
  while (rest(stop, std::chrono::milliseconds(random() % 500))) {
    if (const pid_t process = callers.signal_one(random, SIGSTOP); process != 0) {
      ++struck.stops;
      rest(stop, std::chrono::milliseconds(2050 + random() % 500));
      callers.signal(process, SIGCONT);
    }
  }
}

inline void remove_lock(const std::stop_token& stop, const std::string& path, Nuisances& struck, unsigned seed) {
  std::mt19937 random(seed);
  while (rest(stop, std::chrono::milliseconds(random() % 100))) {
    struck.removals += static_cast<int>(::unlink(path.c_str()) == 0);
  }
}

/// Takes all space that is left, for moments in which `disk` is taken.
inline void fill_disk(const std::stop_token& stop, const std::string& folder, std::mutex& disk, Nuisances& struck,
                      unsigned seed) {
  std::mt19937 random(seed);
  const std::string path = folder + "/filler";
  const std::string block(1 << 20, 'x');
  while (rest(stop, std::chrono::milliseconds(300 + random() % 600))) {
    const std::lock_guard nobody_edits(disk);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    while (::write(file, block.data(), block.size()) > 0) {
    }
    ++struck.full_disks;
    // Not always to the last byte: some calls then fail halfway.
    struct stat state {};
    ::fstat(file, &state);
    (void)::ftruncate(file, std::max<off_t>(0, state.st_size - static_cast<off_t>(random() % 8) * 4096));
    rest(stop, std::chrono::milliseconds(20 + random() % 150));
    ::unlink(path.c_str());
    ::close(file);
  }
}

}  // namespace smbatcher::test
