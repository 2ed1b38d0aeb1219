#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smbatcher {

/// A block that a table stands in: its lines begin with the block's prefix (a list marker or its indent, "> ").
struct Container {
  enum class Kind { kBlockQuote, kListItem };
  Kind kind = Kind::kBlockQuote;
  std::size_t first_line = 0;
};

/// Where one GFM table is, in 1-based lines, and what its cells show.
struct TableLocation {
  std::size_t header_line = 0;
  std::size_t delimiter_line = 0;
  std::size_t first_body_line = 0;  // 0 when the table has no body row
  std::size_t last_line = 0;
  std::size_t columns = 0;
  std::vector<Container> containers;           // outermost first
  std::vector<std::vector<std::string>> text;  // per row (header first), per cell: the text cmark-gfm sees in it,
                                               // trimmed; short rows are not padded, surplus cells are not there
};

/// The tables of a document, in order. Only this file uses cmark-gfm. `text` is valid UTF-8 without NUL and without a
/// BOM, and within the guards of Document::parse.
std::vector<TableLocation> find_tables(std::string_view text);

/// The text of each heading (ATX or setext, any level), in order: decoration, escapes and entities resolved, inline
/// HTML left out, trimmed. What stands in a code block is no heading. `text` as for find_tables().
std::vector<std::string> heading_texts(std::string_view text);

/// What cmark-gfm shows for the source of one cell, trimmed; nullopt when it is not the source of just one cell.
std::optional<std::string> shown_text(std::string_view content);

}  // namespace smbatcher
