#pragma once

#include <string_view>

namespace smbatcher {

/// Without the blanks that cmark-gfm skips around a cell; they are more than those of trim() in base/text.h.
inline std::string_view trim_cell(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f'; };
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace smbatcher
