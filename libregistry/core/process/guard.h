#pragma once

#include <sys/types.h>

namespace smbatcher {

/// What stands between a process and the command that it started: see Child.
///
/// They talk over a socket that keeps messages apart (SOCK_SEQPACKET). The guard says kStarted or kNotStarted, then
/// kEnded. It is told single bytes: the number of a signal for the group, or `kStop`; the end of the stream is kStop
/// too.
struct GuardMessage {
  enum Kind { kStarted, kNotStarted, kEnded };
  Kind kind = kStarted;
  int value = 0;  // the command's process number, an errno, a wait status
};

inline constexpr unsigned char kStop = 0;

struct GuardTask {
  int socket = -1;
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* folder = nullptr;  // null: ours
  bool no_input = false;
  int output = -1;
  int errors = -1;  // where its standard error goes, when not to `output`
  int input = -1;
  int held = -1;
  bool end_group = false;
  pid_t parent = 0;
  pid_t parent_group = 0;
};

/// The life of a guard, in a process just forked with all signals blocked. It may be a copy of a process with many
/// threads, of which some held the lock of malloc: everything in here is safe in a signal handler.
[[noreturn]] void run_guard(const GuardTask& task);

}  // namespace smbatcher
