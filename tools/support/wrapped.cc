#include "tools/support/wrapped.h"

namespace smbatcher {

void append_wrapped(std::string& text, std::size_t column, std::size_t indent, std::string_view words) {
  bool first = true;
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    const std::string_view word = words.substr(0, space);
    words.remove_prefix(space == std::string_view::npos ? words.size() : space + 1);
    if (!first && column + 1 + word.size() > kTextWidth) {
      text += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (!first) {
      text += ' ';
      ++column;
    }
    text += word;
    column += word.size();
    first = false;
  }
  text += '\n';
}

void append_row(std::string& text, std::string_view left, std::size_t column, std::string_view right) {
  constexpr std::string_view kMargin = "  ";
  text += kMargin;
  text += left;
  std::size_t at = kMargin.size() + left.size();
  if (at + kMargin.size() > column) {
    text += '\n';
    at = 0;
  }
  text += std::string(column - at, ' ');
  append_wrapped(text, column, column, right);
}

}  // namespace smbatcher
