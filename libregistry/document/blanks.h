#pragma once

#include <algorithm>
#include <string_view>

namespace smbatcher {

/// Without the blanks that cmark-gfm skips around a cell; they are more than those of trim() in base/text.h.
inline std::string_view trim_cell(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\v\f";
  const std::size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

}  // namespace smbatcher
