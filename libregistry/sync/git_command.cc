#include "libregistry/sync/git_command.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/descriptor.h"
#include "libregistry/core/process/child.h"

namespace smbatcher {
namespace {

using Steady = std::chrono::steady_clock;

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(io_error("cannot make a pipe", errno));
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{{system_file_ops(), ends[0]}, {system_file_ops(), ends[1]}};
}

/// What git says of every remote that fails, after what ssh said of this one, and of every reference-transaction hook.
bool says_nothing(std::string_view line) {
  constexpr std::array<std::string_view, 4> kEverywhere{"Could not read from remote repository.",
                                                        "Please make sure you have the correct access rights",
                                                        "and the repository exists.", "ref updates aborted by hook"};
  return line.empty() || line.starts_with("hint:") ||
         std::find(kEverywhere.begin(), kEverywhere.end(), line) != kEverywhere.end();
}

/// Appends what is there to read. False at the end of the stream.
bool take(int fd, std::string& text) {
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size > 0) {
      text.append(buffer.data(), static_cast<std::size_t>(size));
    } else if (size == 0) {
      return false;
    } else if (errno != EINTR) {
      return errno == EAGAIN;
    }
  }
}

Result<Descriptor> memory_file(std::string_view text) {
  Descriptor file(system_file_ops(), ::memfd_create("input", MFD_CLOEXEC));
  const int error = file.is_open() ? write_all(system_file_ops(), file.get(), text) : errno;
  if (error != 0 || ::lseek(file.get(), 0, SEEK_SET) != 0) {
    return fail(io_error("cannot keep the input of a command", error));
  }
  return file;
}

int milliseconds_to(Steady::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

/// Why a command was stopped.
struct Stop {
  FailWord reason;
  std::string message;
};

/// Looks after a command until it has ended, and reads what it says.
class Attendant {
 public:
  Attendant(const GitSetting& setting, const Child& child, int out, int err)
      : setting_(setting),
        child_(child),
        waited_{{{child.exit_descriptor(), POLLIN, 0}, {out, POLLIN, 0}, {err, POLLIN, 0}, {-1, POLLIN, 0}}} {
    if (setting.signals != nullptr) {
      waited_[3].fd = setting.signals->descriptor();
    }
  }

  std::optional<Stop> attend(std::string& out, std::string& err, const std::string& shown) {
    const auto end = Steady::now() + setting_.time_limit;
    auto next_tick = Steady::now() + Git::kTick;
    for (;;) {
      ::poll(waited_.data(), waited_.size(), milliseconds_to(stop_ ? next_tick : std::min(end, next_tick)));
      read(waited_[1], out);
      read(waited_[2], err);
      if (waited_[0].revents != 0) {
        read(waited_[1], out);  // what it said last
        read(waited_[2], err);
        return stop_;
      }
      if (waited_[3].revents != 0 && setting_.signals->next()) {
        stop("interrupted", "a signal ended '" + shown + "'");
      }
      if (Steady::now() >= end) {
        stop("git_timeout", "'" + shown + "' took longer than " + describe_duration(setting_.time_limit) +
                                ": look why, or allow more with --git-timeout");
      }
      if (out.size() > Git::kMostOutput) {
        stop("output_too_large", "'" + shown + "' says more than anybody can read");
        out.clear();
      }
      if (Steady::now() >= next_tick) {
        next_tick = Steady::now() + Git::kTick;
        if (setting_.tick) {
          setting_.tick();
        }
      }
    }
  }

 private:
  static void read(pollfd& waited, std::string& text) {
    if (waited.fd >= 0 && !take(waited.fd, text)) {
      waited.fd = -1;
    }
  }

  void stop(FailWord reason, std::string message) {
    if (!stop_) {
      stop_ = Stop{reason, std::move(message)};
      child_.stop();
    }
  }

  const GitSetting& setting_;
  const Child& child_;
  std::array<pollfd, 4> waited_;
  std::optional<Stop> stop_;
};

}  // namespace

std::string_view after_level(std::string_view line) {
  for (const std::string_view word : {"fatal: ", "error: ", "remote: "}) {
    if (line.starts_with(word)) {
      line.remove_prefix(word.size());
    }
  }
  return line;
}

std::string GitOutput::complaint() const {
  std::string last;
  std::string_view left = err.empty() ? out : err;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    const std::string_view line = after_level(trim(left.substr(0, end)));
    left.remove_prefix(std::min(end + 1, left.size()));
    if (!says_nothing(line) && (last.empty() || !err.starts_with("fatal: "))) {
      last = line;
    }
  }
  return last.empty() ? "git ended with status " + std::to_string(status) : escape_control(last);
}

std::vector<std::string> GitOutput::words() const {
  constexpr std::size_t kLongest = 300;
  std::vector<std::string> lines;
  for (const std::string* text : {&out, &err}) {
    std::string_view left = *text;
    while (!left.empty()) {
      const std::size_t end = std::min(left.find_first_of("\n\r"), left.size());
      const std::string_view line = left.substr(0, end);
      left.remove_prefix(std::min(end + 1, left.size()));
      // "!\tfrom:to\t[rejected]", "To <url>", "Done": of git push --porcelain
      const bool is_report = (line.size() > 1 && line[1] == '\t') || line.starts_with("To ") || line == "Done" ||
                             line.starts_with("Rebasing (") || line.starts_with("error: failed to push some refs");
      std::string_view said = line.starts_with("remote: ") ? line.substr(8) : line;
      said = said.substr(0, said.find_last_not_of(" \t") + 1);
      if (!is_report && said != "remote:" && !says_nothing(trim(said)) && !says_nothing(after_level(said))) {
        lines.push_back(escape_control(std::string(said.substr(0, kLongest))));
      }
    }
  }
  if (lines.size() > kMostWords) {
    lines.erase(lines.begin(), lines.end() - kMostWords);
  }
  return lines;
}

Git Git::with_environment(const std::vector<std::string>& variables) const {
  Git git = *this;
  git.setting_.environment.insert(git.setting_.environment.begin(), variables.begin(), variables.end());
  return git;
}

Git Git::with_configuration(const std::string& key, const std::string& value) const {
  Git git = *this;
  git.setting_.configuration.emplace_back(key, value);
  return git;
}

Git Git::in(const std::string& folder) const {
  Git git = *this;
  git.setting_.folder = folder;
  return git;
}

Git Git::steady() const {
  Git git = *this;
  git.setting_.signals = nullptr;
  return git;
}

Result<GitOutput> Git::run(const std::vector<std::string>& args, std::string_view input) const {
  std::vector<std::string> argv{"git", "--no-pager",
                                "-c",  "gc.auto=0",
                                "-c",  "maintenance.auto=false",
                                "-c",  "core.fsmonitor=false",
                                "-c",  "core.quotePath=false",
                                "-c",  "push.recurseSubmodules=check"};
  for (const auto& [key, value] : setting_.configuration) {
    argv.emplace_back("-c");
    argv.push_back(join({key, value}, "="));
  }
  argv.insert(argv.end(), args.begin(), args.end());
  auto result = start(std::move(argv), "git " + (args.empty() ? "" : args.front()), input);
  if (!result && result.error().reason == ErrorWord("command_failed_to_start")) {
    Error error = std::move(result).error();
    error.reason = ErrorWord("git_not_found");
    return fail(std::move(error));
  }
  return result;
}

Result<GitOutput> Git::run_other(std::vector<std::string> args) const {
  const std::string shown = args.empty() ? "" : args.front();
  return start(std::move(args), shown, {});
}

Result<GitOutput> Git::start(std::vector<std::string> argv, const std::string& shown, std::string_view input) const {
  SMB_TRY_ASSIGN(Pipe out, make_pipe());
  SMB_TRY_ASSIGN(Pipe err, make_pipe());
  ChildSetting child_setting{.output = out.write.get(), .errors = err.write.get(), .no_input = true};
  Descriptor file;
  if (!input.empty()) {
    SMB_TRY_ASSIGN(file, memory_file(input));
    child_setting.input = file.get();
  }
  child_setting.folder = setting_.folder;
  child_setting.environment = setting_.environment;
  // `false` answers every question with no, at once.
  for (const char* variable :
       {"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=false", "SSH_ASKPASS=false", "SSH_ASKPASS_REQUIRE=force",
        "GIT_EDITOR=true", "GIT_SEQUENCE_EDITOR=true", "GIT_MERGE_AUTOEDIT=no", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C",
        "LANGUAGE=C", "GCM_INTERACTIVE=never"}) {
    child_setting.environment.emplace_back(variable);
  }
  child_setting.end_group = true;
  child_setting.held = setting_.held;
  SMB_TRY_ASSIGN(Child child, Child::start(std::move(argv), child_setting));
  out.write.close();
  err.write.close();
  GitOutput output;
  const auto stopped = Attendant(setting_, child, out.read.get(), err.read.get()).attend(output.out, output.err, shown);
  output.status = child.wait().exit_code();
  if (stopped) {
    return fail(refused(stopped->reason, escape_control(shown), stopped->message));
  }
  return output;
}

Result<std::string> Git::output_of(const std::vector<std::string>& args, std::string_view input) const {
  SMB_TRY_ASSIGN(GitOutput output, run(args, input));
  if (!output.ok()) {
    return fail(refused("git_failed", args.empty() ? "" : args.front(),
                        "git " + (args.empty() ? "" : args.front()) + " says: " + output.complaint()));
  }
  return std::move(output.out);
}

Result<std::string> Git::line_of(const std::vector<std::string>& args) const {
  SMB_TRY_ASSIGN(const std::string out, output_of(args));
  return out.substr(0, out.find('\n'));
}

void clear_git_environment() {
  for (const char* name :
       {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_CONFIG", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
        "GIT_REPLACE_REF_BASE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS",
        "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "GIT_REFLOG_ACTION", "GIT_QUARANTINE_PATH"}) {
    ::unsetenv(name);
  }
}

std::vector<std::string> split_zero(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\0'), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

}  // namespace smbatcher
