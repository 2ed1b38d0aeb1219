#pragma once

#include <string>
#include <vector>

#include "tests/support/process.h"

namespace smbatcher::test {

/// Why no process can be traced here: strace(1) is not installed, the sandbox forbids ptrace(2), or the tools are
/// built with sanitizers, whose run-time library is none of our calls. Empty when all is well.
std::string why_no_strace();

/// One system call of a traced run.
struct TracedCall {
  std::string name;
  int nth = 0;       // of its name since the program started: what strace's `when` counts
  std::string line;  // as strace prints it: name(arguments) = result
};

struct TracedRun {
  ProcessResult result;
  std::vector<TracedCall> calls;  // of main(), in order
};

/// Runs a command under strace, with the strace options `more`.
///
/// A run's calls begin at the first fcntl(2) or rt_sigaction(2): main() begins by looking at its standard descriptors
/// and ignoring signals, and the start of a statically linked C library uses neither. Throws when there is no such
/// call, or when there is more than one process or thread, whose calls would be counted each for itself.
TracedRun trace(const Command& command, const std::vector<std::string>& more = {});

struct InjectedRun {
  ProcessResult result;
  bool reached = false;  // the run came to that call, so that something was done to it
};

/// Runs a command once more and does something to one of its calls: `what` is "signal=KILL" (the call is not made),
/// "signal=TERM" (sent when the call begins, which is made all the same) or "error=EIO" (not made, and fails so).
InjectedRun inject(const Command& command, const TracedCall& call, const std::string& what);

}  // namespace smbatcher::test
