#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "libregistry/core/base/text.h"

namespace smbatcher {

/// 1-based line and column of a byte; lines end with LF, CRLF or CR.
struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;      // in bytes
  std::size_t characters = 1;  // the column in code points
};

/// Reads the text up to there: for findings, of which there are few.
inline TextPlace place_of(std::string_view text, std::size_t offset) {
  TextPlace place;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < std::min(offset, text.size()); ++at) {
    const bool is_crlf = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    if (text[at] == '\n' || (text[at] == '\r' && !is_crlf)) {
      ++place.line;
      begin = at + 1;
    }
  }
  place.column = std::min(offset, text.size()) - begin + 1;
  place.characters = count_code_points(text.substr(begin, place.column - 1)) + 1;
  return place;
}

}  // namespace smbatcher
