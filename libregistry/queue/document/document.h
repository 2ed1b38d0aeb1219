#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/pieces.h"
#include "libregistry/core/base/result.h"
#include "libregistry/queue/document/labels.h"
#include "libregistry/queue/document/lines.h"

namespace smbatcher {

/// A block that a table stands in: its lines begin with the block's prefix (a list marker or its indent, "> ").
struct Container {
  enum class Kind { kBlockQuote, kListItem, kFootnote };
  Kind kind = Kind::kBlockQuote;
  std::size_t first_line = 0;

  bool operator==(const Container&) const = default;
};

/// The bytes of a document and its lines.
struct DocumentSource {
  explicit DocumentSource(std::string text);
  DocumentSource(const DocumentSource&) = delete;
  DocumentSource& operator=(const DocumentSource&) = delete;

  std::string bytes;
  Lines lines;           // without the byte order mark
  DefinedLabels labels;  // of the cells
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

/// The body rows of a table. The cells of a row are cut when it is asked for: most calls want few of a long table.
class TableRows {
 public:
  class Iterator;

  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  TableRow operator[](std::size_t index) const;
  TableRow back() const { return (*this)[count_ - 1]; }
  Iterator begin() const;
  Iterator end() const;

  std::size_t line(std::size_t index) const { return first_line_ + index; }
  /// True when the row is a plain line (see Lines): it begins with its pipe, and it is clear.
  bool is_plain(std::size_t index) const;
  /// The row's line without its line end.
  ByteRange range(std::size_t index) const;
  /// What the table stands in, outermost first.
  const std::vector<Container>& containers() const { return containers_; }

 private:
  friend class TableReader;

  std::shared_ptr<const DocumentSource> source_;
  std::size_t first_line_ = 0;
  std::size_t count_ = 0;
  std::vector<Container> containers_;
  std::vector<std::size_t> unclear_;  // line numbers, sorted
};

class TableRows::Iterator {
 public:
  // NOLINTBEGIN(readability-identifier-naming): std::iterator_traits looks for these names
  using iterator_category = std::input_iterator_tag;
  using value_type = TableRow;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = TableRow;
  // NOLINTEND(readability-identifier-naming)

  Iterator(const TableRows& rows, std::size_t index) : rows_(&rows), index_(index) {}
  TableRow operator*() const { return (*rows_)[index_]; }
  Iterator& operator++() {
    ++index_;
    return *this;
  }
  bool operator==(const Iterator&) const = default;

 private:
  const TableRows* rows_;
  std::size_t index_;
};

struct Table {
  TableRow header;
  std::vector<std::string> titles;  // what the header's cells show; also right where `header` is unclear
  std::size_t delimiter_line = 0;
  TableRows rows;
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
  /// cmark-gfm explode: "document_too_large" (8 MiB besides the middles of long runs of plain rows), "line_too_long"
  /// (64 KiB), "too_many_pipes" (256 a line), "table_too_large" (rows x columns of one block over 1 million),
  /// "too_many_delimiter_lines" (64 in one run of non-blank lines); and "document_too_complex" where that was not
  /// enough (see MarkdownTree).
  static Result<Document> parse(std::string bytes, std::string path);

  const std::string& bytes() const;
  const std::string& path() const { return path_; }
  const std::vector<Table>& tables() const { return tables_; }
  const Lines& lines() const;
  std::string_view text(ByteRange range) const { return std::string_view(bytes()).substr(range.begin, range.size()); }
  /// What a cell of this document with this content shows: as cell_text(), and the text of a reference link.
  std::string shown(std::string_view content) const;
  std::string shown(const Cell& cell) const { return shown(text(cell.content)); }
  /// "\r\n", "\n" or "\r", as the line at `row` ends; for a last line without one, as the line before it.
  std::string_view line_end_after(const TableRow& row) const;

 private:
  std::shared_ptr<const DocumentSource> source_;  // shared, so that rows stay valid wherever the document is moved to
  std::string path_;
  std::vector<Table> tables_;
};

/// The cells of one table line. `bytes` is the line without its line end, `offset` where it starts in the document.
/// A pipe preceded by a backslash is content, as in GFM; a leading and a trailing pipe are optional.
std::vector<Cell> split_row(std::string_view bytes, std::size_t offset);

/// The text a cell shows: inline decoration (`code`, **strong**, *em*, ~~strike~~), the text of a link or <autolink>,
/// backslash escapes (also \|) and entities resolved as cmark-gfm does. "**O**" -> "O",
/// "[a.example](https://a.example)" -> "a.example". Content that is not one cell is returned as it is. `labels` are
/// those that its document defines.
std::string cell_text(std::string_view content, const DefinedLabels& labels = {});

/// A text as the source of a cell that shows just this text, in GitHub's rendering and by cell_text(): line ends and
/// control characters are spaces, blanks around it go, and what Markdown would take for markup, a link, an entity or a
/// new cell is escaped, nothing else. A word that looks like an address keeps being a link, unless something in it has
/// to be escaped: a link would show the backslash.
std::string escape_cell(std::string_view text);

/// The source with `edits` (not overlapping, any order) applied.
std::string splice(std::string_view source, std::vector<Edit> edits);

/// A document's text after edits that were found to change what they should and nothing else. Not copied into one
/// piece.
class EditedText {
 public:
  EditedText(Document before, std::vector<Edit> sorted) : before_(std::move(before)), edits_(std::move(sorted)) {}

  /// Valid as long as this.
  Pieces pieces() const;
  std::string str() const { return splice(before_.bytes(), edits_); }
  bool is_unchanged() const;

 private:
  Document before_;  // shares its source
  std::vector<Edit> edits_;
};

/// Confirms that `edits` do what is planned and nothing else: the changed rows are cut again, every cell outside the
/// edits has its former content, each edited cell its new text. Where an edited row is not a plain line before and
/// after (see Lines), or rows are added, the whole document is parsed again as reparse_and_compare() does. Errors: as
/// there.
Result<EditedText> confirm_edits(const Document& before, std::vector<Edit> edits, std::size_t appended_rows);

/// Parses `after` again and refuses (kMalformed "edit_not_confirmed") unless it has the same tables, every cell outside
/// `edits` has its former content, each edited cell has its new text, and every byte outside the edited ranges is the
/// same. `appended_rows` is how many rows the edits add at the end of the last edited table (0 for cell edits). An edit
/// without a line end must lie within one cell's `raw`, in a row that is not unclear; one with a line end adds rows.
Result<Document> reparse_and_compare(const Document& before, const std::string& after, const std::vector<Edit>& edits,
                                     std::size_t appended_rows);

}  // namespace smbatcher
