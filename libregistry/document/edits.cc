#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "libregistry/document/blanks.h"
#include "libregistry/document/document.h"

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

/// Walks both documents cell by cell and hands each edit to the cell that it lies in.
class Comparison {
 public:
  Comparison(const Document& before, const Document& after, const std::vector<Edit>& sorted)
      : before_(before), after_(after) {
    std::copy_if(sorted.begin(), sorted.end(), std::back_inserter(cell_edits_),
                 [](const Edit& edit) { return !adds_rows(edit); });
    std::copy_if(sorted.begin(), sorted.end(), std::back_inserter(row_edits_), adds_rows);
  }

  /// What differs from the plan, for people; empty when nothing does.
  std::string difference(std::size_t appended_rows) {
    const std::vector<Table>& old_tables = before_.tables();
    if (old_tables.size() != after_.tables().size()) {
      return "it would have " + std::to_string(after_.tables().size()) + " tables instead of " +
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
    return next_ == cell_edits_.size() ? "" : "a part of the change lies outside of the cells";
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
    if (new_table.rows.size() != old_table.rows.size() + appended_rows) {
      line_ = old_table.delimiter_line;
      return false;
    }
    const auto old_end = new_table.rows.begin() + static_cast<std::ptrdiff_t>(old_table.rows.size());
    return std::equal(
               old_table.rows.begin(), old_table.rows.end(), new_table.rows.begin(), old_end,
               [this](const TableRow& old_row, const TableRow& new_row) { return same_row(old_row, new_row); }) &&
           std::none_of(old_end, new_table.rows.end(), [this](const TableRow& row) {
             line_ = row.line;
             return row.unclear;
           });
  }

  bool same_row(const TableRow& old_row, const TableRow& new_row) {
    line_ = old_row.line;
    if (old_row.unclear != new_row.unclear || old_row.cells.size() != new_row.cells.size()) {
      return false;
    }
    const std::size_t first_edit = next_;
    for (std::size_t i = 0; i < old_row.cells.size(); ++i) {
      if (!same_cell(old_row.cells[i], new_row.cells[i])) {
        return false;
      }
    }
    return !old_row.unclear || next_ == first_edit;
  }

  bool same_cell(const Cell& old_cell, const Cell& new_cell) {
    std::vector<Edit> edits;
    for (; next_ < cell_edits_.size() && lies_in(cell_edits_[next_].range, old_cell.raw); ++next_) {
      edits.push_back(cell_edits_[next_]);
      edits.back().range.begin -= old_cell.raw.begin;
      edits.back().range.end -= old_cell.raw.begin;
    }
    const std::string_view new_content = after_.text(new_cell.content);
    if (edits.empty()) {
      return before_.text(old_cell.content) == new_content;
    }
    return trim_cell(with_edits(before_.text(old_cell.raw), edits)) == new_content;
  }

  static bool lies_in(ByteRange inner, ByteRange outer) { return inner.begin >= outer.begin && inner.end <= outer.end; }

  const Document& before_;
  const Document& after_;
  std::vector<Edit> cell_edits_;
  std::vector<Edit> row_edits_;
  std::size_t next_ = 0;  // the first cell edit that no cell has taken yet
  std::size_t line_ = 0;  // of the row compared last
};

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

}  // namespace smbatcher
