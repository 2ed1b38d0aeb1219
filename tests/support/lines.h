#pragma once

#include <string_view>

namespace smbatcher::test {

/// What follows the first line; nothing when that is the last, with or without an end.
inline std::string_view after_first_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
}

}  // namespace smbatcher::test
