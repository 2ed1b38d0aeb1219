#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace smbatcher {

/// Where something stands in a text; everything counts from 1.
struct TextPlace {
  std::size_t line = 0;
  std::size_t column = 0;      // in bytes
  std::size_t characters = 0;  // the column in code points
};

/// Finds the places of offsets. Lines end with LF, CRLF or CR; the end of the text is in its last line.
class TextPlaces {
 public:
  /// `text` must outlive this.
  explicit TextPlaces(std::string_view text);

  TextPlace at(std::size_t offset) const;

 private:
  std::string_view text_;
  std::vector<std::size_t> begins_;  // of the lines; the first is 0
};

}  // namespace smbatcher
