#include "libregistry/core/process/witness.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace smbatcher {
namespace {

/// Safe in a copy of a process with threads: system calls only.
[[noreturn]] void watch(int pipe) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_NAME, "smb-witness");
  ::dup2(pipe, STDIN_FILENO);  // what our parent's readers wait for is not kept open by us
  ::closefrom(STDIN_FILENO + 1);
  char nothing = 0;
  while (::read(STDIN_FILENO, &nothing, 1) < 0 && errno == EINTR) {
  }
  ::_exit(0);
}

}  // namespace

Result<Witness> Witness::start() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(io_error("cannot make a pipe", errno));
  }
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) {
    watch(ends[0]);
  }
  const int error_number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::close(ends[0]);
  if (pid < 0) {
    ::close(ends[1]);
    return fail(io_error("cannot start a process", error_number));
  }
  return Witness(pid, ends[1]);
}

Witness::Witness(Witness&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), held_(std::exchange(other.held_, -1)) {}

Witness::~Witness() {
  if (pid_ < 0) {
    return;
  }
  ::close(held_);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace smbatcher
