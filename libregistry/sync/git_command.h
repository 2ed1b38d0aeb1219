#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/process/signal_queue.h"

namespace smbatcher {

/// How git is run: for all commands of one repository.
struct GitSetting {
  std::string folder;                    // where it runs
  std::chrono::seconds time_limit{600};  // for each command
  int held = -1;                         // stays open while anything of the command's group runs
  const SignalQueue* signals = nullptr;  // one that comes ends the command
  std::function<void()> tick{};          // called every kTick while a command runs
  std::vector<std::pair<std::string, std::string>> configuration{};  // "merge.x.driver", "…": as git -c
  std::vector<std::string> environment{};                            // "NAME=value"
};

struct GitOutput {
  int status = 0;  // exit status, as shells tell it
  std::string out;
  std::string err;

  bool ok() const { return status == 0; }
  /// What git said last, without "fatal: " and the like; for messages.
  std::string complaint() const;
  /// What hooks, signing programs and the remote said: the last kMostWords lines, escaped, without git's own words
  /// about a failed push.
  std::vector<std::string> words() const;
  static constexpr std::size_t kMostWords = 20;
};

/// Runs git without a shell: no standard input, no prompts, no editor, no pager, its own words in English.
///
/// Daemons that would outlive a call (automatic maintenance, a file system monitor) are not started, and git takes no
/// lock for what it can do without. A command that the time limit or a signal ends is stopped with all of its group,
/// and so it is when we die. Source: docs/git-sync.md, "How git is run".
class Git {
 public:
  static constexpr std::chrono::seconds kTick{30};
  static constexpr std::size_t kMostOutput = 256U << 20U;

  explicit Git(GitSetting setting) : setting_(std::move(setting)) {}

  const GitSetting& setting() const { return setting_; }
  /// The same with more variables.
  Git with_environment(const std::vector<std::string>& variables) const;
  Git with_configuration(const std::string& key, const std::string& value) const;
  Git in(const std::string& folder) const;
  /// The same for what no signal is to interrupt.
  Git steady() const;

  /// A status other than 0 is not an error. `input` becomes its standard input. Errors: kRefused "git_timeout",
  /// "interrupted", "output_too_large"; kIo "git_not_found".
  Result<GitOutput> run(const std::vector<std::string>& args, std::string_view input = {}) const;
  /// A status other than 0 is kRefused "git_failed", with what git said. Answers standard output.
  Result<std::string> output_of(const std::vector<std::string>& args, std::string_view input = {}) const;
  /// Its first line.
  Result<std::string> line_of(const std::vector<std::string>& args) const;

  /// Any other command in the same way, its output thrown away: kRefused "command_failed" as `args[0]` fails.
  Result<GitOutput> run_other(std::vector<std::string> args) const;

 private:
  Result<GitOutput> start(std::vector<std::string> argv, const std::string& shown, std::string_view input) const;

  GitSetting setting_;
};

/// Takes variables that lead git elsewhere (GIT_DIR, GIT_INDEX_FILE, …, as hooks have them) out of our environment.
void clear_git_environment();

/// A line of git without "fatal: " and the like.
std::string_view after_level(std::string_view line);

/// The parts of an output with -z.
std::vector<std::string> split_zero(std::string_view text);

}  // namespace smbatcher
