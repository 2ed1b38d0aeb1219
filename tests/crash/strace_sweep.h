#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/crash/strace_scene.h"

namespace smbatcher::test {

/// What is done to each system call in turn (proofs R1, R2 and R19 of docs/reliability.md).
enum class Sweep {
  kKill,    // the process is killed instead of the call
  kError,   // the call fails
  kSignal,  // SIGTERM, SIGINT or SIGHUP arrives during the call
};

struct SweepReport {
  std::size_t traced = 0;    // points: a call of the traced run, and what is done to it
  std::size_t injected = 0;  // points at which it was done
  std::chrono::milliseconds longest{0};
  std::vector<std::string> violations;

  /// That a violation contains this text.
  bool says(const std::string& text) const;
};

/// Traces the scene's call once, then runs it again for each of its system calls.
///
/// Of several errors or signals each call gets one, in turn; with SMB_SOAK=1 it gets all. With `expected`, it ends at
/// the first violation that says so.
SweepReport sweep(const Scene& scene, Sweep what, const std::string& expected = {});

}  // namespace smbatcher::test
