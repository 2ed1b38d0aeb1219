#include "libregistry/core/git/ask_git.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/descriptor.h"

namespace smbatcher {
namespace {

constexpr std::size_t kMostOutput = std::size_t{1} << 20U;

/// Ours, less what would make git answer about something else than its folder.
std::vector<std::string> environment_for_git() {
  std::vector<std::string> environment{"LC_ALL=C", "GIT_OPTIONAL_LOCKS=0"};
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view variable = *entry;
    const bool leads_elsewhere =
        variable.starts_with("GIT_") && !variable.starts_with("GIT_CONFIG_") && !variable.starts_with("GIT_EXEC_PATH=");
    if (!leads_elsewhere && !variable.starts_with("LC_ALL=")) {
      environment.emplace_back(variable);
    }
  }
  return environment;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

/// What a command is told to do with its descriptors and signals.
class SpawnSetting {
 public:
  SpawnSetting(int out, int err) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, err, STDERR_FILENO);
    sigset_t none;
    sigset_t ignored_by_us;
    ::sigemptyset(&none);
    ::sigemptyset(&ignored_by_us);
    ::sigaddset(&ignored_by_us, SIGPIPE);
    ::sigaddset(&ignored_by_us, SIGXFSZ);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &ignored_by_us);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSetting() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnSetting(const SpawnSetting&) = delete;
  SpawnSetting& operator=(const SpawnSetting&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// "fatal: not a git repository: /x" on one line, its blanks made single.
std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == '\n' || c == '\t' || c == ' ' || c == '\r';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return std::string(trim(line));
}

Result<std::string> text_in(const Descriptor& file) {
  std::string text;
  const int error =
      ::lseek(file.get(), 0, SEEK_SET) == 0 ? read_all(system_file_ops(), file.get(), kMostOutput, text) : errno;
  if (error != 0) {
    return fail(io_error("cannot read what git said", error));
  }
  return text;
}

}  // namespace

Result<GitAnswer> ask_git(const std::string& folder, const std::vector<std::string>& args) {
  std::vector<std::string> argv{"git", "-C", folder};
  argv.insert(argv.end(), args.begin(), args.end());
  const Descriptor out(system_file_ops(), ::memfd_create("git-out", MFD_CLOEXEC));
  const Descriptor err(system_file_ops(), ::memfd_create("git-err", MFD_CLOEXEC));
  if (!out.is_open() || !err.is_open()) {
    return fail(io_error("cannot keep what git says", errno));
  }
  const SpawnSetting setting(out.get(), err.get());
  std::vector<std::string> environment = environment_for_git();
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, "git", setting.actions(), setting.attributes(), pointers_to(argv).data(),
                                   pointers_to(environment).data());
  if (error == ENOENT) {
    return fail(not_found("git_not_found", "there is no git on PATH, and only git can tell what the repository at '" +
                                               folder + "' is: install git, or name the registry with --registry"));
  }
  if (error != 0) {
    return fail(io_error("cannot run git", error));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      return fail(io_error("cannot wait for git", errno));
    }
  }
  SMB_TRY_ASSIGN(const std::string said, text_in(out));
  SMB_TRY_ASSIGN(const std::string complained, text_in(err));
  constexpr int kSignalled = 128;
  return GitAnswer{WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status), lines_of(said),
                   on_one_line(complained)};
}

}  // namespace smbatcher
