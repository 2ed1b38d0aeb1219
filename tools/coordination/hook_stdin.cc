#include "tools/coordination/hook_stdin.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace smbatcher {

Result<std::string> read_hook_input() {
  using std::chrono::steady_clock;
  constexpr std::size_t kPart = std::size_t{64} * 1024;
  std::string text;
  if (::isatty(STDIN_FILENO) == 1) {
    return text;
  }
  const auto end = steady_clock::now() + kHookInputTime;
  std::vector<char> part(kPart);
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    pollfd input{STDIN_FILENO, POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&input, 1, static_cast<int>(left.count())) : 0;
    if (ready == 0) {
      return text;
    }
    const ssize_t count = ready < 0 ? -1 : ::read(STDIN_FILENO, part.data(), part.size());
    if (count == 0) {
      return text;
    }
    if (count < 0 && errno != EINTR && errno != EAGAIN) {
      return fail(io_error("cannot read standard input", errno));
    }
    if (count > 0) {
      text.append(part.data(), static_cast<std::size_t>(count));
    }
    if (text.size() > kMaxHookInput) {
      return fail({Errc::kIo, ErrorWord("input_too_large"), {}, "standard input has more than 64 MiB", {}, {}});
    }
  }
}

}  // namespace smbatcher
