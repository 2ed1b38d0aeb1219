#include "libregistry/core/process/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "libregistry/core/process/guard.h"

namespace smbatcher {
namespace {

/// nullopt when the guard is gone.
std::optional<GuardMessage> receive(int socket) {
  GuardMessage message;
  ssize_t size = 0;
  do {
    size = ::recv(socket, &message, sizeof message, 0);
  } while (size < 0 && errno == EINTR);
  return size == sizeof message ? std::optional(message) : std::nullopt;
}

void reap(pid_t pid) {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

/// Forks with all signals blocked, so that no handler of ours runs in the guard. As fork(2).
pid_t fork_guard(const GuardTask& task, int our_socket) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t guard = ::fork();
  if (guard == 0) {
    ::close(our_socket);
    run_guard(task);
  }
  const int error_number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error_number;
  return guard;
}

Error cannot_start(const std::string& command, int error_number) {
  Error error = io_error("cannot start '" + command + "'", error_number);
  error.reason = ErrorWord("command_failed_to_start");
  return error;
}

/// With a null behind the last, as execve(2) takes them.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::string_view name_of_variable(std::string_view text) { return text.substr(0, text.find('=')); }

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  std::vector<std::string> all = added;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const auto replaces = [&](const std::string& text) {
      return name_of_variable(text) == name_of_variable(*variable);
    };
    if (std::none_of(added.begin(), added.end(), replaces)) {
      all.emplace_back(*variable);
    }
  }
  return all;
}

}  // namespace

Result<Child> Child::start(std::vector<std::string> argv, const ChildSetting& setting) {
  if (argv.empty()) {
    return fail(usage_error("missing_argument", "there is no command to run"));
  }
  const std::vector<char*> pointers = pointers_to(argv);
  std::vector<std::string> environment = environment_with(setting.environment);
  const std::vector<char*> variables = pointers_to(environment);
  std::array<int, 2> sockets{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
    return fail(cannot_start(argv[0], errno));
  }
  const GuardTask task{.socket = sockets[1],
                       .argv = pointers.data(),
                       .environment = variables.data(),
                       .folder = setting.folder.empty() ? nullptr : setting.folder.c_str(),
                       .no_input = setting.no_input,
                       .output = setting.output,
                       .errors = setting.errors,
                       .input = setting.input,
                       .held = setting.held,
                       .end_group = setting.end_group,
                       .parent = ::getpid(),
                       .parent_group = ::getpgrp()};
  const pid_t guard = fork_guard(task, sockets[0]);
  const int fork_error = errno;
  ::close(sockets[1]);
  if (guard < 0) {
    ::close(sockets[0]);
    return fail(cannot_start(argv[0], fork_error));
  }
  const auto message = receive(sockets[0]);
  if (!message || message->kind != GuardMessage::kStarted) {
    ::close(sockets[0]);
    reap(guard);
    return fail(cannot_start(argv[0], message ? message->value : ECHILD));
  }
  return Child(sockets[0], guard, message->value);
}

Child::Child(Child&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), guard_(other.guard_), group_(other.group_) {}

Child::~Child() {
  if (socket_ >= 0) {
    ::close(socket_);
  }
}

void Child::signal_group(int signal) const {
  const auto request = static_cast<unsigned char>(signal);
  ::send(socket_, &request, sizeof request, MSG_NOSIGNAL);
}

void Child::stop() const { signal_group(kStop); }

Child::End Child::wait() {
  const auto message = receive(socket_);
  if (!message) {
    // The guard was killed, and the command with it; its number is still its group's if anything of that is left.
    ::kill(-group_, SIGKILL);
  }
  ::close(std::exchange(socket_, -1));
  reap(guard_);
  if (!message) {
    return {.signal = SIGKILL};
  }
  return WIFSIGNALED(message->value) ? End{.signal = WTERMSIG(message->value)}
                                     : End{.status = WEXITSTATUS(message->value)};
}

}  // namespace smbatcher
