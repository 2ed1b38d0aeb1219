#pragma once

#include <string>
#include <string_view>

namespace smbatcher {

/// The width of what is printed for people to read on a terminal: help, and lists of tools.
inline constexpr std::size_t kTextWidth = 80;

/// Appends words to `text`, whose last line is `column` long, breaking lines at kTextWidth; further lines begin at
/// `indent`. A word that is longer than a line stays whole.
void append_wrapped(std::string& text, std::size_t column, std::size_t indent, std::string_view words);

/// A row of two columns, of which the second begins at `column`, on a line of its own where the first is too long.
void append_row(std::string& text, std::string_view left, std::size_t column, std::string_view right);

}  // namespace smbatcher
