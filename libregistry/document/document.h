#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/base/result.h"

namespace smbatcher {

/// Bytes [begin, end) of the document's source.
struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

/// One cell as it stands in the source, between its pipes.
struct Cell {
  ByteRange raw;      // everything between the pipes, padding included; empty for "||"
  ByteRange content;  // raw without leading and trailing blanks; empty (begin == end) for a blank cell
};

/// One line of a table. A short row has fewer cells than the header, a long row more (GFM drops the surplus).
struct TableRow {
  std::size_t line = 0;     // 1-based, in the file
  ByteRange bytes;          // the line without its line end
  std::vector<Cell> cells;  // as the source has them, surplus included
  bool unclear = false;     // our splitter and cmark-gfm disagree on this row: never edit it
};

struct Table {
  TableRow header;
  std::size_t delimiter_line = 0;
  std::vector<TableRow> rows;
};

/// One replacement of source bytes.
struct Edit {
  ByteRange range;
  std::string text;
};

/// A Markdown document: its source bytes and its GFM tables as byte ranges in them.
///
/// cmark-gfm says where the tables are (lines only: its columns are wrong in six ordinary situations); the cells are
/// cut by our own splitter and checked against cmark-gfm's tree. Nothing is ever rendered back from the tree: a change
/// replaces bytes of the source. Source: docs/registry-format.md, "How the file is read".
class Document {
 public:
  /// Errors, all kMalformed with `path`:line — "invalid_utf8", "nul_byte", and the guards against input that makes
  /// cmark-gfm explode: "document_too_large" (8 MiB), "line_too_long" (64 KiB), "too_many_pipes" (256 a line),
  /// "table_too_large" (rows x columns of one block over 1 million), "too_many_delimiter_lines" (64 in one run of
  /// non-blank lines).
  static Result<Document> parse(std::string bytes, std::string path);

  const std::string& bytes() const { return bytes_; }
  const std::string& path() const { return path_; }
  const std::vector<Table>& tables() const { return tables_; }
  std::string_view text(ByteRange range) const { return std::string_view(bytes_).substr(range.begin, range.size()); }
  /// "\r\n", "\n" or "\r", as the line at `row` ends; for a last line without one, as the line before it.
  std::string_view line_end_after(const TableRow& row) const;

 private:
  std::string bytes_;
  std::string path_;
  std::vector<Table> tables_;
};

/// The cells of one table line. `bytes` is the line without its line end, `offset` where it starts in the document.
/// A pipe preceded by a backslash is content, as in GFM; a leading and a trailing pipe are optional.
std::vector<Cell> split_row(std::string_view bytes, std::size_t offset);

/// The text a cell shows: inline decoration (`code`, **strong**, *em*, ~~strike~~), the text of a link or <autolink>,
/// backslash escapes (also \|) and entities resolved as cmark-gfm does. "**O**" -> "O",
/// "[a.example](https://a.example)" -> "a.example". Content that is not one cell is returned as it is.
std::string cell_text(std::string_view content);

/// Text made safe for a cell: pipes escaped, line ends and control characters as spaces, trimmed; backslashes at the
/// end as entities, since they would escape the pipe that follows. Other markup stays what it is.
std::string escape_cell(std::string_view text);

/// The source with `edits` (not overlapping, any order) applied.
std::string splice(std::string_view source, std::vector<Edit> edits);

/// Parses `after` again and refuses (kMalformed "edit_not_confirmed") unless it has the same tables, every cell outside
/// `edits` has its former content, each edited cell has its new text, and every byte outside the edited ranges is the
/// same. `appended_rows` is how many rows the edits add at the end of the last edited table (0 for cell edits). An edit
/// without a line end must lie within one cell's `raw`, in a row that is not unclear; one with a line end adds rows.
Result<Document> reparse_and_compare(const Document& before, const std::string& after, const std::vector<Edit>& edits,
                                     std::size_t appended_rows);

}  // namespace smbatcher
