#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace smbatcher::test {

/// A program to run.
struct Command {
  std::vector<std::string> argv;                            // argv[0] without a slash is looked up on PATH
  std::map<std::string, std::optional<std::string>> env{};  // over the test's own environment; nullopt unsets
  std::string cwd{};                                        // the test's own when empty
  std::string input{};                                      // its standard input, /dev/null when empty
  std::string stdout_path{};                                // a file to write to (e.g. /dev/full) instead of capturing
};

struct ProcessResult {
  std::string out;
  std::string err;
  int status = -1;         // exit status; -1 when a signal ended it
  int signal = 0;          // the signal that ended it
  bool timed_out = false;  // the safety net had to end it: a hang, so the test has failed
  std::string command;     // as one would type it, for messages
};

/// A child in a process group of its own, so that whatever it starts can be ended with it.
///
/// Its output goes to memory files, not pipes: no reader is needed, and a grandchild that keeps an output open does not
/// delay wait().
class Process {
 public:
  /// Throws std::system_error when the program cannot be started.
  explicit Process(const Command& command) : Process(command, -1, -1) {}
  ~Process();  // kills what still runs
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) = delete;

  pid_t pid() const { return pid_; }
  /// To the process alone, or with `group` to everything it started as well.
  void kill(int signal, bool group = false) const;
  /// What it has printed so far.
  std::string out_so_far() const;
  /// Waits for its end. A process that runs for longer than `kLimit` is killed with its group.
  ProcessResult wait();

  static constexpr std::chrono::seconds kLimit{240};

 private:
  friend std::vector<ProcessResult> run_together(const std::vector<Command>& commands);
  Process(const Command& command, int ready_pipe, int start_pipe);

  pid_t pid_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string command_;
};

ProcessResult run(const Command& command);

/// Runs all at once and waits for all. They leave a barrier together: each child first reports that it is there, then
/// all programs begin when the last one has.
std::vector<ProcessResult> run_together(const std::vector<Command>& commands);

}  // namespace smbatcher::test
