#include "libregistry/queue/registry/priority.h"

#include <charconv>
#include <cmath>
#include <string>

#include "libregistry/core/base/text.h"

namespace smbatcher {

std::optional<double> parse_priority(std::string_view text) {
  const std::string lower = to_lower(text);
  if (lower == "high") {
    return 1;
  }
  if (lower == "normal") {
    return 5;
  }
  if (lower == "low") {
    return 9;
  }
  if (lower.size() == 2 && lower[0] == 'p' && lower[1] >= '0' && lower[1] <= '9') {
    return lower[1] - '0';
  }
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = !digits.empty() && error == std::errc() && end == digits.data() + digits.size();
  return whole && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace smbatcher
