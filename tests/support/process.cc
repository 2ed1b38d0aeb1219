#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>

#include <gtest/gtest.h>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/text.h"

namespace smbatcher::test {
namespace {

/// The descriptors by which a child of run_together() reports that it is there and waits for the others.
constexpr int kReadyDescriptor = 8;
constexpr int kStartDescriptor = 9;
constexpr const char* kBarrier = "echo >&8; read -r line <&9; exec \"$@\" 8>&- 9<&-";

void check(int error_number, const std::string& what) {
  if (error_number != 0) {
    throw std::system_error(error_number, std::generic_category(), what);
  }
}

int memory_file(const char* name) {
  const int descriptor = ::memfd_create(name, MFD_CLOEXEC);
  check(descriptor < 0 ? errno : 0, "memfd_create");
  return descriptor;
}

/// A pipe whose ends are out of the way of the numbers that a child gets them at.
std::array<int, 2> barrier_pipe() {
  std::array<int, 2> ends{};
  check(::pipe2(ends.data(), O_CLOEXEC) < 0 ? errno : 0, "pipe2");
  for (int& end : ends) {
    const int moved = ::fcntl(end, F_DUPFD_CLOEXEC, kStartDescriptor + 1);
    check(moved < 0 ? errno : 0, "fcntl");
    ::close(end);
    end = moved;
  }
  return ends;
}

std::string contents(int descriptor) {
  std::string text;
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t count = ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(text.size()));
    if (count <= 0) {
      return text;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::vector<std::string> environment_with(const std::map<std::string, std::optional<std::string>>& overrides) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!overrides.contains(text.substr(0, text.find('=')))) {
      environment.push_back(text);
    }
  }
  for (const auto& [name, value] : overrides) {
    if (value) {
      environment.push_back(name + "=" + *value);
    }
  }
  return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) {
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

std::string as_typed(const Command& command) {
  std::vector<std::string> words;
  for (const std::string& word : command.argv) {
    words.push_back(shell_quote(word));
  }
  return join(words, " ");
}

struct FileActions {
  FileActions() { posix_spawn_file_actions_init(&value); }
  ~FileActions() { posix_spawn_file_actions_destroy(&value); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  posix_spawn_file_actions_t value{};
};

/// Starts with default signal dispositions and an empty mask, whatever the test itself has set.
struct Attributes {
  Attributes() {
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_init(&value);
    posix_spawnattr_setsigdefault(&value, &all);
    posix_spawnattr_setsigmask(&value, &none);
    posix_spawnattr_setpgroup(&value, 0);
    posix_spawnattr_setflags(&value, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~Attributes() { posix_spawnattr_destroy(&value); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  posix_spawnattr_t value{};
};

/// False when `pid` still runs after the limit.
bool ends_in_time(pid_t pid) {
  // Not pidfd_open(): the header of glibc 2.36 does not declare it for C++.
  const auto descriptor = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  check(descriptor < 0 ? errno : 0, "pidfd_open");
  const auto end = std::chrono::steady_clock::now() + Process::kLimit;
  int ready = 0;
  do {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd entry{descriptor, POLLIN, 0};
    ready = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  ::close(descriptor);
  return ready > 0;
}

/// With SMB_RECORD_ANSWERS=FOLDER every answer is kept there, in a file for each test: what tests/support/answers.py
/// compares between two versions of the tools.
void record_answer(const ProcessResult& result) {
  const char* folder = std::getenv("SMB_RECORD_ANSWERS");
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  if (folder == nullptr || test == nullptr) {
    return;
  }
  std::string name = std::string(test->test_suite_name()) + "." + test->name();
  std::replace(name.begin(), name.end(), '/', '_');
  const Json line(JsonObject{{"command", result.command}, {"status", result.status}, {"out", result.out}});
  std::ofstream(std::string(folder) + "/" + name + ".jsonl", std::ios::app) << line.dump() << '\n';
}

}  // namespace

Process::Process(const Command& command, int ready_pipe, int start_pipe) : command_(as_typed(command)) {
  out_ = memory_file("stdout");
  err_ = memory_file("stderr");
  FileActions actions;
  int input = -1;
  if (command.input.empty()) {
    posix_spawn_file_actions_addopen(&actions.value, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  } else {
    input = memory_file("stdin");
    const ssize_t count = ::pwrite(input, command.input.data(), command.input.size(), 0);
    check(count == static_cast<ssize_t>(command.input.size()) ? 0 : EIO, "pwrite");
    posix_spawn_file_actions_adddup2(&actions.value, input, STDIN_FILENO);
  }
  if (command.stdout_path.empty()) {
    posix_spawn_file_actions_adddup2(&actions.value, out_, STDOUT_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions.value, STDOUT_FILENO, command.stdout_path.c_str(), O_WRONLY | O_CREAT,
                                     0644);
  }
  posix_spawn_file_actions_adddup2(&actions.value, err_, STDERR_FILENO);
  std::vector<std::string> words = command.argv;
  if (ready_pipe >= 0) {
    posix_spawn_file_actions_adddup2(&actions.value, ready_pipe, kReadyDescriptor);
    posix_spawn_file_actions_adddup2(&actions.value, start_pipe, kStartDescriptor);
    words.insert(words.begin(), {"sh", "-c", kBarrier, "sh"});
  }
  if (!command.cwd.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions.value, command.cwd.c_str());
  }
  std::vector<std::string> environment = environment_with(command.env);
  const Attributes attributes;
  const int error = ::posix_spawnp(&pid_, words.at(0).c_str(), &actions.value, &attributes.value,
                                   pointers(words).data(), pointers(environment).data());
  if (input >= 0) {
    ::close(input);
  }
  if (error != 0) {
    pid_ = -1;
    ::close(out_);
    ::close(err_);
    check(error, "cannot start '" + command_ + "'");
  }
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      out_(std::exchange(other.out_, -1)),
      err_(std::exchange(other.err_, -1)),
      command_(std::move(other.command_)) {}

Process::~Process() {
  if (pid_ > 0) {
    kill(SIGKILL, true);
    ::waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) {
    ::close(out_);
    ::close(err_);
  }
}

void Process::kill(int signal, bool group) const {
  if (pid_ > 0) {
    ::kill(group ? -pid_ : pid_, signal);
  }
}

std::string Process::out_so_far() const { return contents(out_); }

ProcessResult Process::wait() {
  ProcessResult result;
  result.timed_out = !ends_in_time(pid_);
  if (result.timed_out) {
    kill(SIGKILL, true);
  }
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result.out = contents(out_);
  result.err = contents(err_);
  result.command = command_;
  record_answer(result);
  return result;
}

ProcessResult run(const Command& command) { return Process(command).wait(); }

std::vector<ProcessResult> run_together(const std::vector<Command>& commands) {
  const std::array<int, 2> ready = barrier_pipe();
  const std::array<int, 2> start = barrier_pipe();
  std::vector<Process> processes;
  processes.reserve(commands.size());
  for (const Command& command : commands) {
    processes.push_back(Process(command, ready[1], start[0]));
  }
  ::close(ready[1]);
  char byte = 0;
  for (std::size_t arrived = 0; arrived < processes.size() && ::read(ready[0], &byte, 1) == 1;) {
    ++arrived;
  }
  ::close(ready[0]);
  ::close(start[0]);
  ::close(start[1]);  // end of file for every child: go
  std::vector<ProcessResult> results;
  results.reserve(processes.size());
  for (Process& process : processes) {
    results.push_back(process.wait());
  }
  return results;
}

}  // namespace smbatcher::test
