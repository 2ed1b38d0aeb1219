#include "tools/support/standard_output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace smbatcher {
namespace {

bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) != -1; }

/// For a descriptor that is closed: open(2) answers with the lowest free number, which then is this one.
bool fill(int descriptor) { return is_open(descriptor) || ::open("/dev/null", O_RDWR) != -1; }

/// A pipe that its reader made non-blocking says EAGAIN while it is full.
bool wait_until_writable() {
  pollfd waited{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&waited, 1, -1) != -1 || errno == EINTR;
}

bool write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      if (!wait_until_writable()) {
        return false;
      }
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool prepare_standard_output() {
  if (!is_open(STDOUT_FILENO) || std::signal(SIGPIPE, SIG_IGN) == SIG_ERR || std::signal(SIGXFSZ, SIG_IGN) == SIG_ERR) {
    return false;
  }
  return fill(STDIN_FILENO) && fill(STDERR_FILENO);
}

bool write_standard_output(std::string_view text) { return write_all(text); }

bool finish_standard_output(std::string_view text) {
  const bool written = write_all(text);
  return (::close(STDOUT_FILENO) == 0 || errno == EINTR) && written;
}

}  // namespace smbatcher
