#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

// What is done for speed, beside the slow way to do it. Each function answers how the two differ; empty when they agree
// or when the document is refused by its guards, so that neither is ever asked.
namespace smbatcher::test {

/// Lines, with what they say of plain ones, and a search byte by byte.
std::string lines_difference(std::string_view text);

/// find_tables(), which shows cmark-gfm a part of the lines, and find_tables_in_full(): the same tables with the same
/// rows, what was shown shows the same, and what was not shown reads as our splitter cuts it.
std::string table_difference(std::string_view text);

/// confirm_edits(), which looks at the changed rows, and reparse_and_compare(), for edits that `below` chooses: both
/// confirm them or both refuse. `below(n)` is a number under n.
std::string edit_difference(const std::string& text, const std::function<std::size_t(std::size_t)>& below);

}  // namespace smbatcher::test
