#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// What a command gets that is not ours.
struct ChildSetting {
  int output = -1;                         // becomes its standard output and error
  int errors = -1;                         // becomes its standard error, instead of `output`
  int input = -1;                          // becomes its standard input
  bool no_input = false;                   // its standard input is /dev/null, and it never gets the terminal
  std::string folder{};                    // where it runs
  std::vector<std::string> environment{};  // "NAME=value", before what we have of that name
  bool end_group = false;  // what it leaves running in its group when it ends is stopped, and then it has ended
  int held = -1;           // a descriptor that the guard keeps open as long as anything may still run
};

/// A command that does not outlive the process that started it, however that one ends.
///
/// Between us and the command stands a guard, a forked copy of us that only waits. A socket leads to it, of which
/// nobody else keeps our end: when it closes, be it by SIGKILL to us, the guard stops the command. And a guard that is
/// killed takes the command with it (PR_SET_PDEATHSIG). The command leads a process group of its own, so that what it
/// starts is stopped too; what leaves that group (a daemon) is not, nor what still runs when the command has ended by
/// itself.
///
/// What a crash leaves: nothing after we die, but up to `kGrace` later; after guard and we are killed at one stroke,
/// what the command started, without the command.
///
/// The command has our standard input, output and error, our folder and our environment (but for what a ChildSetting
/// says), no signal blocked, and SIGPIPE and SIGXFSZ at their default. When we are in the foreground of the terminal
/// that is our standard input, the command gets it until it ends; when it stops itself there (Ctrl-Z), we are stopped
/// too, and whoever catches our SIGCONT passes it on by signal_group().
class Child {
 public:
  /// How the command ended.
  struct End {
    int status = 0;  // exit status, when no signal ended it
    int signal = 0;  // the signal that ended it, else 0

    /// As shells tell it: 128 + signal for the latter.
    int exit_code() const { return signal == 0 ? status : 128 + signal; }
  };

  /// What is stopped has this long between SIGTERM and SIGKILL.
  static constexpr std::chrono::seconds kGrace{10};

  /// argv[0] without a slash is looked up on PATH. Descriptors 0, 1 and 2 must be open. Errors: kIo
  /// "command_failed_to_start" when it cannot be executed, or as fork(2) and socketpair(2) say.
  static Result<Child> start(std::vector<std::string> argv, const ChildSetting& setting = {});

  /// Stops the command as our death would, without waiting.
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  /// For poll(2): readable when wait() will not block. Nobody else may read from it.
  int exit_descriptor() const { return socket_; }
  /// The command's process group, which is its process number too.
  pid_t group() const { return group_; }

  /// Sends a signal to the group; none is sent when the command has ended.
  void signal_group(int signal) const;
  /// SIGTERM to the group, SIGKILL after `kGrace`. The child has ended when all of the group has.
  void stop() const;
  /// Waits for the end; to be called once.
  End wait();

 private:
  Child(int socket, pid_t guard, pid_t group) : socket_(socket), guard_(guard), group_(group) {}

  int socket_;
  pid_t guard_;
  pid_t group_;
};

}  // namespace smbatcher
