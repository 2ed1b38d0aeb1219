#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "libregistry/core/base/text.h"
#include "libregistry/core/base/text_places.h"

namespace smbatcher {

/// Reads the text up to there: for findings, of which there are few. Unlike in TextPlaces, what follows the last line
/// end is a line of its own: engines report a script that ends too soon there.
inline TextPlace place_of(std::string_view text, std::size_t offset) {
  TextPlace place{1, 1, 1};
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
