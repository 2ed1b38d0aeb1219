#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/queue/document/collapse.h"
#include "libregistry/queue/document/document.h"
#include "libregistry/queue/document/lines.h"

namespace smbatcher {

/// A row as cmark-gfm sees it: per cell its text, trimmed. Short rows are not padded, surplus cells are not there.
struct ShownRow {
  std::size_t line = 0;
  std::vector<std::string> text;

  bool operator==(const ShownRow&) const = default;
};

/// Where one GFM table is, in 1-based lines: from its first body line to its last every line is a row.
struct TableLocation {
  std::size_t header_line = 0;
  std::size_t delimiter_line = 0;
  std::size_t first_body_line = 0;  // 0 when the table has no body row
  std::size_t last_line = 0;
  std::size_t columns = 0;
  std::vector<Container> containers;  // outermost first
  std::vector<ShownRow> rows;         // header first; body rows that cmark-gfm was not shown are not there
};

/// The tables of a document, in order: cmark-gfm is given it without the middles of its long runs of plain lines (see
/// Collapsed). The text is valid UTF-8 without NUL and without a BOM, and within the guards of Document::parse. Errors:
/// those of MarkdownTree::parse.
Result<std::vector<TableLocation>> find_tables(const Lines& lines, const Collapsed& collapsed, const std::string& path);

/// The same with every line shown to cmark-gfm: what find_tables() must agree with.
Result<std::vector<TableLocation>> find_tables_in_full(std::string_view text, const std::string& path);

/// A heading (ATX or setext), and what stands between it and the next one of any level.
struct ShownHeading {
  std::size_t line = 0;       // 1-based, its first
  std::size_t last_line = 0;  // of a setext heading, its underline
  int level = 1;              // 1 to 6
  std::string text;           // decoration, escapes and entities resolved, inline HTML left out, trimmed
  bool has_comments = false;  // HTML comments below it
  bool has_content = false;   // anything else below it: text, a table, code, HTML
};

/// The headings of a document, in order. What stands in a code block or a footnote is not a heading. `text` and errors
/// as for find_tables_in_full().
Result<std::vector<ShownHeading>> find_headings(std::string_view text, const std::string& path);

/// Which of `labels` ("1" for "[1]", as a cell has it) `text` defines, for a link or a footnote. Errors as for
/// find_tables_in_full().
Result<std::vector<bool>> are_defined(const std::vector<std::string_view>& labels, std::string_view text,
                                      const std::string& path);

/// What cmark-gfm shows for the source of one cell, trimmed; nullopt when it is not the source of just one cell.
/// `definitions` is Markdown that defines the labels of its reference links.
std::optional<std::string> shown_text(std::string_view content, std::string_view definitions = {});

}  // namespace smbatcher
