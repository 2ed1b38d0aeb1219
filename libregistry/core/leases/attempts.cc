#include "libregistry/core/leases/attempts.h"

#include <algorithm>

#include "libregistry/core/base/text.h"

namespace smbatcher {

Failure Failure::of(std::string_view why, WallTime at) { return {one_line(why, kMost), at}; }

std::chrono::seconds RetryDelay::after(int attempts) const {
  auto delay = static_cast<double>(first.count());
  const auto most = static_cast<double>(longest.count());
  for (int i = 1; i < attempts && delay < most; ++i) {
    delay *= factor;
  }
  return std::chrono::seconds(static_cast<std::int64_t>(std::min(delay, most)));
}

}  // namespace smbatcher
