#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/document/blanks.h"
#include "libregistry/queue/document/document.h"

namespace smbatcher {
namespace {

bool begins_before(const Edit& a, const Edit& b) {
  return std::pair(a.range.begin, a.range.end) < std::pair(b.range.begin, b.range.end);
}

bool adds_rows(const Edit& edit) { return edit.text.find_first_of("\r\n") != std::string::npos; }

/// `edits` sorted; nullopt when they overlap or leave the source.
std::optional<std::vector<Edit>> in_order(std::vector<Edit> edits, std::size_t source_size) {
  std::stable_sort(edits.begin(), edits.end(), begins_before);
  std::size_t end = 0;
  for (const Edit& edit : edits) {
    if (edit.range.begin < end || edit.range.end < edit.range.begin || edit.range.end > source_size) {
      return std::nullopt;
    }
    end = edit.range.end;
  }
  return edits;
}

std::string with_edits(std::string_view source, const std::vector<Edit>& sorted) {
  std::string result;
  std::size_t copied = 0;
  for (const Edit& edit : sorted) {
    result += source.substr(copied, edit.range.begin - copied);
    result += edit.text;
    copied = edit.range.end;
  }
  result += source.substr(copied);
  return result;
}

bool lies_in(ByteRange inner, ByteRange outer) { return inner.begin >= outer.begin && inner.end <= outer.end; }

/// A row and the text that its cells are ranges of.
struct RowIn {
  std::string_view text;
  const std::vector<Cell>& cells;
};

std::string_view text_of(std::string_view text, ByteRange range) { return text.substr(range.begin, range.size()); }

/// Hands the edits of cells, in order, to the cells that they lie in.
class CellEdits {
 public:
  explicit CellEdits(std::vector<Edit> sorted) : edits_(std::move(sorted)) {}

  bool all_taken() const { return next_ == edits_.size(); }

  /// True when `after` is `before` with the edits that lie in it, and no other cell differs.
  bool explain(RowIn before, RowIn after) {
    if (before.cells.size() != after.cells.size()) {
      return false;
    }
    for (std::size_t i = 0; i < before.cells.size(); ++i) {
      if (!explain(before.text, before.cells[i], text_of(after.text, after.cells[i].content))) {
        return false;
      }
    }
    return true;
  }
  std::size_t taken() const { return next_; }

 private:
  bool explain(std::string_view before, const Cell& cell, std::string_view after) {
    std::vector<Edit> edits;
    for (; next_ < edits_.size() && lies_in(edits_[next_].range, cell.raw); ++next_) {
      edits.push_back(edits_[next_]);
      edits.back().range.begin -= cell.raw.begin;
      edits.back().range.end -= cell.raw.begin;
    }
    return edits.empty() ? text_of(before, cell.content) == after
                         : trim_cell(with_edits(text_of(before, cell.raw), edits)) == after;
  }

  std::vector<Edit> edits_;
  std::size_t next_ = 0;  // the first edit that no cell has taken yet
};

std::vector<Edit> those_of(const std::vector<Edit>& sorted, bool that_add_rows) {
  std::vector<Edit> edits;
  std::copy_if(sorted.begin(), sorted.end(), std::back_inserter(edits),
               [that_add_rows](const Edit& edit) { return adds_rows(edit) == that_add_rows; });
  return edits;
}

/// Walks both documents row by row.
class Comparison {
 public:
  Comparison(const Document& before, const Document& after, const std::vector<Edit>& sorted)
      : before_(before), after_(after), cell_edits_(those_of(sorted, false)), row_edits_(those_of(sorted, true)) {}

  /// What differs from the plan, for people; empty when nothing does.
  std::string difference(std::size_t appended_rows) {
    const std::vector<Table>& old_tables = before_.tables();
    if (old_tables.size() != after_.tables().size()) {
      return "it would have " + counted(after_.tables().size(), "table") + " instead of " +
             std::to_string(old_tables.size());
    }
    if (appended_rows == 0 && !row_edits_.empty()) {
      return "new text of a cell has a line end";
    }
    const std::size_t growing = growing_table();
    if (appended_rows > 0 && growing == old_tables.size()) {
      return "the new rows have no table above them";
    }
    for (std::size_t i = 0; i < old_tables.size(); ++i) {
      if (!same_table(old_tables[i], after_.tables()[i], i == growing ? appended_rows : 0)) {
        return "line " + std::to_string(line_) + " would not read as planned";
      }
    }
    return cell_edits_.all_taken() ? "" : "a part of the change lies outside of the cells";
  }

 private:
  /// The last table that begins before the last row edit.
  std::size_t growing_table() const {
    const std::vector<Table>& tables = before_.tables();
    std::size_t growing = tables.size();
    for (std::size_t i = 0; i < tables.size() && !row_edits_.empty(); ++i) {
      growing = tables[i].header.bytes.begin < row_edits_.back().range.begin ? i : growing;
    }
    return growing;
  }

  bool same_table(const Table& old_table, const Table& new_table, std::size_t appended_rows) {
    if (!same_row(old_table.header, new_table.header)) {
      return false;
    }
    const std::size_t old_rows = old_table.rows.size();
    if (new_table.rows.size() != old_rows + appended_rows) {
      line_ = old_table.delimiter_line;
      return false;
    }
    for (std::size_t i = 0; i < old_rows; ++i) {
      if (!same_row(old_table.rows[i], new_table.rows[i])) {
        return false;
      }
    }
    for (std::size_t i = old_rows; i < new_table.rows.size(); ++i) {
      line_ = new_table.rows.line(i);
      if (new_table.rows[i].unclear) {
        return false;
      }
    }
    return true;
  }

  bool same_row(const TableRow& old_row, const TableRow& new_row) {
    line_ = old_row.line;
    const std::size_t taken = cell_edits_.taken();
    return old_row.unclear == new_row.unclear &&
           cell_edits_.explain({before_.bytes(), old_row.cells}, {after_.bytes(), new_row.cells}) &&
           (!old_row.unclear || cell_edits_.taken() == taken);
  }

  const Document& before_;
  const Document& after_;
  CellEdits cell_edits_;
  std::vector<Edit> row_edits_;
  std::size_t line_ = 0;  // of the row compared last
};

/// True when line `number` is a row of a table, plain and clear.
bool is_plain_row(const Document& document, std::size_t number) {
  return std::any_of(document.tables().begin(), document.tables().end(), [number](const Table& table) {
    const TableRows& rows = table.rows;
    return !rows.empty() && number >= rows.line(0) && number - rows.line(0) < rows.size() &&
           rows.is_plain(number - rows.line(0));
  });
}

/// Whether the edits change plain rows into plain rows, each as planned. False says nothing: the document has to be
/// parsed.
bool keep_plain_rows(const Document& before, const std::vector<Edit>& sorted) {
  const Lines& lines = before.lines();
  for (auto first = sorted.begin(); first != sorted.end();) {
    const std::size_t number = lines.at(first->range.begin);
    const ByteRange line = lines.range(number);
    auto last = first;
    std::vector<Edit> edits;
    for (; last != sorted.end() && lies_in(last->range, line); ++last) {
      edits.push_back({{last->range.begin - line.begin, last->range.end - line.begin}, last->text});
      if (adds_rows(*last)) {
        return false;
      }
    }
    const std::string_view old_text = before.text(line);
    const std::string new_text = with_edits(old_text, edits);
    CellEdits cell_edits(std::move(edits));
    if (last == first || !is_plain_row(before, number) || !is_plain_line(new_text) ||
        !cell_edits.explain({old_text, split_row(old_text, 0)}, {new_text, split_row(new_text, 0)}) ||
        !cell_edits.all_taken()) {
      return false;
    }
    first = last;
  }
  return true;
}

Error not_confirmed(const Document& before, const std::string& why) {
  return malformed("edit_not_confirmed", before.path(),
                   "cannot change '" + before.path() + "' safely: " + why + "; nothing was written, repair the table");
}

}  // namespace

std::string splice(std::string_view source, std::vector<Edit> edits) {
  const std::optional<std::vector<Edit>> sorted = in_order(std::move(edits), source.size());
  assert(sorted && "edits must lie in the source and not overlap");
  return sorted ? with_edits(source, *sorted) : std::string(source);  // unchanged, so that the comparison refuses it
}

Result<Document> reparse_and_compare(const Document& before, const std::string& after, const std::vector<Edit>& edits,
                                     std::size_t appended_rows) {
  const std::optional<std::vector<Edit>> sorted = in_order(edits, before.bytes().size());
  if (!sorted || with_edits(before.bytes(), *sorted) != after) {
    return fail(not_confirmed(before, "bytes outside of the planned change would differ"));
  }
  Result<Document> reread = Document::parse(after, before.path());
  if (!reread) {
    return fail(not_confirmed(before, reread.error().message));
  }
  if (const std::string why = Comparison(before, *reread, *sorted).difference(appended_rows); !why.empty()) {
    return fail(not_confirmed(before, why));
  }
  return reread;
}

bool EditedText::is_unchanged() const {
  return std::all_of(edits_.begin(), edits_.end(),
                     [this](const Edit& edit) { return before_.text(edit.range) == edit.text; });
}

Pieces EditedText::pieces() const {
  const std::string_view source = before_.bytes();
  std::vector<std::string_view> pieces;
  pieces.reserve(2 * edits_.size() + 1);
  std::size_t copied = 0;
  for (const Edit& edit : edits_) {
    pieces.push_back(source.substr(copied, edit.range.begin - copied));
    pieces.emplace_back(edit.text);
    copied = edit.range.end;
  }
  pieces.push_back(source.substr(copied));
  return Pieces(std::move(pieces));
}

Result<EditedText> confirm_edits(const Document& before, std::vector<Edit> edits, std::size_t appended_rows) {
  std::optional<std::vector<Edit>> sorted = in_order(std::move(edits), before.bytes().size());
  if (!sorted) {
    return fail(not_confirmed(before, "parts of the planned change overlap"));
  }
  if (appended_rows > 0 || !keep_plain_rows(before, *sorted)) {
    SMB_TRY(reparse_and_compare(before, with_edits(before.bytes(), *sorted), *sorted, appended_rows));
  }
  return EditedText(before, std::move(*sorted));
}

}  // namespace smbatcher
