#include "libregistry/process/child.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include "libregistry/process/guard.h"

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
  error.reason = "command_failed_to_start";
  return error;
}

}  // namespace

Result<Child> Child::start(std::vector<std::string> argv) {
  if (argv.empty()) {
    return fail(usage_error("missing_argument", "there is no command to run"));
  }
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (std::string& word : argv) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  std::array<int, 2> sockets{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
    return fail(cannot_start(argv[0], errno));
  }
  const pid_t guard = fork_guard({sockets[1], pointers.data(), ::getpid(), ::getpgrp()}, sockets[0]);
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
