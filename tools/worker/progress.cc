#include "tools/worker/progress.h"

#include <unistd.h>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

constexpr std::size_t kWidth = 79;

}  // namespace

Progress::Progress(bool wanted) : is_shown_(wanted && ::isatty(STDOUT_FILENO) == 1) {}

void Progress::show(const std::string& text) {
  if (!is_shown_ || text == last_) {
    return;
  }
  last_ = text;
  const std::string line = "\r\x1b[K" + escape_control(text).substr(0, kWidth);
  [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, line.data(), line.size());
}

void Progress::say(const std::string& text) {
  if (!is_shown_) {
    return;
  }
  last_.clear();
  const std::string line = "\r\x1b[K" + escape_control(text) + "\n";
  [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, line.data(), line.size());
}

}  // namespace smbatcher
