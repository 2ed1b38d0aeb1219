#pragma once

#include <string>

#include <gtest/gtest.h>

#include "tests/process/liveness_wait.h"

namespace smbatcher::test {

/// Why no tool can be stopped at a system call here; empty when one can.
inline std::string why_no_stop() {
  const bool traces = run({.argv = {"sh", "-c", "exec strace -o /dev/null true 2>&1"}}).status == 0;
  return traces ? "" : "strace(1) is not installed, or the sandbox forbids ptrace(2)";
}

/// A shipped tool that stops by SIGSTOP at its first fsync(2), which it makes under the lock, and stays there.
class StoppedHolder {
 public:
  explicit StoppedHolder(const Command& tool) : process_(traced(tool)) {
    EXPECT_TRUE(wait_until([&] {
      return log_.exists("log") && log_.read("log").find(" stopped ") != std::string::npos;
    })) << "it did not come to an fsync(2)";
    pid_ = std::stoi(log_.read("log"));  // with -f, each line begins with the number of its process
  }
  pid_t pid() const { return pid_; }
  ProcessResult go_on() {
    ::kill(pid_, SIGCONT);
    return process_.wait();
  }

 private:
  Command traced(Command tool) const {
    tool.env["ASAN_OPTIONS"] = "detect_leaks=0";  // no second tracer is possible
    tool.argv.insert(tool.argv.begin(), {"strace", "-f", "-o", log_.at("log"), "-e", "trace=fsync", "-e",
                                         "inject=fsync:signal=STOP:when=1", "--"});
    return tool;
  }

  TempDir log_;
  Process process_;
  pid_t pid_ = -1;
};

}  // namespace smbatcher::test
