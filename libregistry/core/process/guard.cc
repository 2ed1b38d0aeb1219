#include "libregistry/core/process/guard.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

#include "libregistry/core/process/child.h"

namespace smbatcher {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

void set_default(int signal) {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  ::sigaction(signal, &action, nullptr);
}

/// Says whether `group` has our terminal after it was offered to it: only who is in the foreground may hand it on.
bool hand_terminal_on(pid_t parent_group, pid_t group) {
  const pid_t foreground = ::tcgetpgrp(STDIN_FILENO);
  return foreground == group || (foreground == parent_group && ::tcsetpgrp(STDIN_FILENO, group) == 0);
}

bool is_set_up(const GuardTask& task) {
  const bool has_output =
      task.output < 0 || (::dup2(task.output, STDOUT_FILENO) >= 0 && ::dup2(task.output, STDERR_FILENO) >= 0);
  const bool has_errors = task.errors < 0 || ::dup2(task.errors, STDERR_FILENO) >= 0;
  return has_output && has_errors && (task.folder == nullptr || ::chdir(task.folder) == 0);
}

[[noreturn]] void become_command(const GuardTask& task, pid_t guard, int failure) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != guard) {
    ::_exit(127);  // it died before the line above
  }
  hand_terminal_on(task.parent_group, ::getpid());
  set_default(SIGPIPE);
  set_default(SIGXFSZ);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (is_set_up(task)) {
    ::execvpe(task.argv[0], task.argv, task.environment);
  }
  const int error_number = errno;
  // When even this fails, 127 still tells that the command did not run.
  [[maybe_unused]] const ssize_t written = ::write(failure, &error_number, sizeof error_number);
  ::_exit(127);
}

class Guard {
 public:
  explicit Guard(const GuardTask& task) : task_(task), socket_(task.socket) {}

  void run() {
    const int error_number = start();
    if (error_number != 0) {
      give_terminal_back();
      send({GuardMessage::kNotStarted, error_number});
      return;
    }
    keep_only_what_is_needed();
    send({GuardMessage::kStarted, group_});
    while (!has_ended()) {
      serve();
      if (wait_status_ && task_.end_group) {
        stop();
      }
    }
    give_terminal_back();
    send({GuardMessage::kEnded, *wait_status_});
  }

 private:
  /// 0, or the errno that kept the command from starting.
  int start() {
    sigset_t child_signal;
    sigemptyset(&child_signal);
    sigaddset(&child_signal, SIGCHLD);
    signals_ = ::signalfd(-1, &child_signal, SFD_CLOEXEC | SFD_NONBLOCK);
    std::array<int, 2> failure{};  // closed by a successful exec
    if (signals_ < 0 || ::pipe2(failure.data(), O_CLOEXEC) != 0) {
      return errno;
    }
    const pid_t guard = ::getpid();
    group_ = ::fork();
    if (group_ < 0) {
      return errno;
    }
    if (group_ == 0) {
      become_command(task_, guard, failure[1]);
    }
    ::setpgid(group_, group_);  // here too: nobody may signal the group before it is there
    ::close(failure[1]);
    int error_number = 0;
    const bool failed = ::read(failure[0], &error_number, sizeof error_number) > 0;
    has_terminal_ = hand_terminal_on(task_.parent_group, group_);
    return failed ? error_number : 0;
  }

  /// All else is closed: a copy of another child's socket would hide our parent's death from that child's guard, and
  /// readers of the command's output wait for the last writer. Terminal operations need standard input.
  void keep_only_what_is_needed() {
    ::dup2(socket_, STDOUT_FILENO);
    ::dup2(signals_, STDERR_FILENO);
    socket_ = STDOUT_FILENO;
    signals_ = STDERR_FILENO;
    if (::tcgetpgrp(STDIN_FILENO) < 0) {
      ::close(STDIN_FILENO);
    }
    int last = STDERR_FILENO;
    if (task_.held >= 0) {
      ::dup2(task_.held, ++last);  // a copy of what is there already, should it have this number
    }
    ::closefrom(last + 1);
  }

  void serve() {
    std::array<pollfd, 2> waited{{{socket_, POLLIN, 0}, {signals_, POLLIN, 0}}};
    ::poll(waited.data(), waited.size(), wait_ms());
    if (waited[1].revents != 0) {
      reap();
    }
    if (waited[0].revents != 0) {
      obey();
    }
    if (kill_at_ && std::chrono::steady_clock::now() >= *kill_at_) {
      ::kill(-group_, SIGKILL);
      kill_at_.reset();
    }
  }

  int wait_ms() const {
    if (!kill_at_) {
      return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*kill_at_ - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }

  /// Orphans of the command are our children (PR_SET_CHILD_SUBREAPER), so that the last one's end is seen here.
  void reap() {
    signalfd_siginfo info{};
    while (::read(signals_, &info, sizeof info) > 0) {
    }
    int status = 0;
    pid_t pid = 0;
    while ((pid = ::waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) > 0) {
      if (pid != group_) {
        continue;
      }
      if (WIFSTOPPED(status)) {
        pause(WSTOPSIG(status));
      } else if (WIFCONTINUED(status)) {
        resume_parent();
      } else {
        wait_status_ = status;
      }
    }
  }

  /// The command has stopped. On a terminal the shell knows only our parent: that one is to be what it sees stopped.
  void pause(int signal) {
    if (::tcgetpgrp(STDIN_FILENO) < 0 || (signal == SIGSTOP && !has_terminal_)) {
      return;
    }
    if (::getsid(0) == task_.parent) {
      ::kill(-group_, SIGCONT);  // there is no shell that could take it up again
      return;
    }
    give_terminal_back();
    parent_paused_ = true;
    ::kill(-task_.parent_group, SIGTSTP);
  }

  /// Somebody let the command go on without our parent.
  void resume_parent() {
    if (parent_paused_) {
      parent_paused_ = false;
      ::kill(-task_.parent_group, SIGCONT);
    }
  }

  void obey() {
    unsigned char request = kStop;
    const ssize_t size = ::recv(socket_, &request, sizeof request, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
      return;
    }
    if (size <= 0) {
      socket_ = -1;           // poll(2) passes over it
      has_terminal_ = false;  // the shell takes it back from the dead
    }
    if (size <= 0 || request == kStop) {
      stop();
      return;
    }
    if (request == SIGCONT) {
      parent_paused_ = false;
      has_terminal_ = hand_terminal_on(task_.parent_group, group_);
    }
    ::kill(-group_, request);
  }

  void stop() {
    if (!stopping_) {
      stopping_ = true;
      kill_at_ = std::chrono::steady_clock::now() + Child::kGrace;
      ::kill(-group_, SIGTERM);
      ::kill(-group_, SIGCONT);  // what is stopped could not act on it
    }
  }

  /// While any of the group lives its number is not given out again, so that a signal reaches nobody else.
  bool has_ended() const {
    const bool waits_for_group = stopping_ && kill_at_;
    return wait_status_ && (!waits_for_group || (::kill(-group_, 0) != 0 && errno == ESRCH));
  }

  void give_terminal_back() {
    if (has_terminal_) {
      ::tcsetpgrp(STDIN_FILENO, task_.parent_group);
      has_terminal_ = false;
    }
  }

  void send(const GuardMessage& message) const { ::send(socket_, &message, sizeof message, MSG_NOSIGNAL); }

  GuardTask task_;
  int socket_;
  int signals_ = -1;
  pid_t group_ = 0;
  bool has_terminal_ = false;
  bool parent_paused_ = false;
  bool stopping_ = false;
  std::optional<SteadyTime> kill_at_;  // set while stopping, until SIGKILL was sent
  std::optional<int> wait_status_;
};

}  // namespace

void run_guard(const GuardTask& task) {
  ::setpgid(0, 0);  // a signal to our parent's group is not for us
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  set_default(SIGCHLD);  // who ignores it gets no wait status
  if (task.input >= 0) {
    ::dup2(task.input, STDIN_FILENO);
  } else if (task.no_input) {
    // The command inherits it; and a guard that has no terminal itself hands none on.
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::dup2(nothing, STDIN_FILENO);
    ::close(nothing);
  }
  Guard(task).run();
  ::_exit(0);
}

}  // namespace smbatcher
