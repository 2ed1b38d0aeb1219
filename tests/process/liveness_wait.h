#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <string>

#include "tests/support/tools.h"

namespace smbatcher::test {

/// Looks again until it is so; false when it never was within half a minute.
inline bool wait_until(const std::function<bool()>& is_so) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) {
      return false;
    }
    ::usleep(500);
  }
  return true;
}

/// True when nobody holds a lock on the lock file, nor on the registry's folder.
inline bool lock_is_free(const Sandbox& sandbox) {
  const auto is_free = [&](const char* name) {
    const int fd = ::open(sandbox.dir().at(name).c_str(), O_RDONLY | O_CLOEXEC);
    const bool got_it = fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0;
    ::close(fd);
    return got_it;
  };
  return is_free(".smbatcher/REGISTRY.lock") && is_free(".smbatcher");
}

/// The letter of a process's state (proc(5), /proc/PID/stat): 'T' and 't' are stopped ones. '?' when it is gone.
inline char state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const auto name_end = text.rfind(')');
  return name_end == std::string::npos ? '?' : text[name_end + 2];
}

}  // namespace smbatcher::test
