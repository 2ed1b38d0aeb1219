#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace smbatcher {

/// UTF-8, one code point at a time. What a whole text says of itself (is it valid, how long is it) is in text.h.
/// Source: RFC 3629, section 4: no surrogates, no longer form than needed, nothing beyond U+10FFFF.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;  // bytes; 0 where the text begins no code point
};

/// The code point that `text` begins with. `text` is not empty.
CodePoint first_code_point(std::string_view text);
/// The `size` of it alone.
std::size_t first_code_point_size(std::string_view text);

void append_utf8(std::string& text, char32_t point);

}  // namespace smbatcher
