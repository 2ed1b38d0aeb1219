#include <algorithm>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/document/document.h"
#include "libregistry/queue/document/plain_row.h"
#include "tests/fuzz/target.h"

// The row splitter, the cell editor and the comparison that guards it, on any text.
namespace smbatcher::test {
namespace {

/// Cells lie in the line, in order and apart, with nothing but pipes, blanks and escaped text around their content.
std::string splits_badly(std::string_view line) {
  constexpr std::size_t kOffset = 1000;
  std::size_t at = kOffset;
  for (const Cell& cell : split_row(line, kOffset)) {
    if (cell.raw.begin < at || cell.raw.end < cell.raw.begin || cell.raw.end > kOffset + line.size()) {
      return "split_row: a cell lies outside of its line or in another cell";
    }
    if (cell.content.begin < cell.raw.begin || cell.content.end > cell.raw.end ||
        cell.content.end < cell.content.begin) {
      return "split_row: the content lies outside of its cell";
    }
    const std::string_view raw = line.substr(cell.raw.begin - kOffset, cell.raw.size());
    const std::size_t padding = cell.raw.size() - cell.content.size();
    if (static_cast<std::size_t>(std::count_if(raw.begin(), raw.end(), [](char c) {
          return c == ' ' || c == '\t' || c == '\v' || c == '\f';
        })) < padding) {
      return "split_row: more than blanks was taken off a cell";
    }
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '|' && (i == 0 || raw[i - 1] != '\\')) {
        return "split_row: a cell holds a pipe that is not escaped";
      }
    }
    at = cell.raw.end + 1;
  }
  return "";
}

/// A plain line is cut the same without memory of its own.
std::string cuts_plain_badly(const std::string& line) {
  if (line.find_first_of("\r\n") != std::string::npos || !is_plain_line(line)) {
    return "";
  }
  // The row stands in the middle of a document, at any distance from the bytes that are read together.
  const std::string text = std::string(line.size() % 67, '\n') + line + "\n|more|";
  const std::size_t begin = line.size() % 67;
  const PlainRow row(text, {begin, begin + line.size()});
  if (row.is_simple() != (line.find('\\') == std::string::npos)) {
    return "PlainRow: a backslash is overlooked, or there is none";
  }
  const std::vector<Cell> cells = split_row(line, 0);
  if (row.is_simple() && row.size() != cells.size()) {
    return "PlainRow: another number of cells";
  }
  for (std::size_t i = 0; row.is_simple() && i < cells.size(); ++i) {
    if (row[i] != std::string_view(line).substr(cells[i].content.begin, cells[i].content.size())) {
      return "PlainRow: another cell " + std::to_string(i + 1);
    }
  }
  return "";
}

/// Whatever a caller passes as a name or a reason becomes the text of one cell.
std::string escapes_badly(std::string_view text) {
  const std::string escaped = escape_cell(text);
  const auto document = Document::parse("|a|b|\n|-|-|\n| " + escaped + " | z |\n", "R.md");
  if (!document) {
    return document.error().code == Errc::kMalformed ? "" : "parse: fails with something else than kMalformed";
  }
  if (document->tables().size() != 1 || document->tables()[0].rows.size() != 1) {
    return "escape_cell: the text breaks its table: " + escaped;
  }
  const TableRow& row = document->tables()[0].rows[0];
  if (row.cells.size() != 2 || document->text(row.cells[0].content) != escaped ||
      document->text(row.cells[1].content) != "z") {
    return "escape_cell: the text breaks its cell: " + escaped;
  }
  if (const std::string shown = cell_text(escaped); escape_cell(shown) != escaped) {
    return "escape_cell: the cell shows another text: " + escaped;
  }
  return "";
}

/// A third of the cells, chosen by the text itself so that an input always gives the same plan.
std::vector<Edit> plan_for(const Document& document, std::vector<ByteRange>& planned) {
  std::vector<Edit> edits;
  std::size_t number = document.bytes().size();
  for (const Table& table : document.tables()) {
    for (const TableRow& row : table.rows) {
      for (const Cell& cell : row.cells) {
        if (!row.unclear && ++number % 3 == 0) {
          const bool whole = number % 2 == 0 || cell.content.size() == 0;
          edits.push_back({whole ? cell.raw : cell.content, number % 5 == 0 ? "042" : "i"});
          planned.push_back(cell.raw);
        }
      }
    }
  }
  return edits;
}

std::vector<ByteRange> raw_cells(const Document& before, const Document& after, const std::vector<ByteRange>& planned) {
  std::vector<ByteRange> ranges;
  for (std::size_t t = 0; t < before.tables().size() && t < after.tables().size(); ++t) {
    const TableRows& old_rows = before.tables()[t].rows;
    const TableRows& new_rows = after.tables()[t].rows;
    for (std::size_t r = 0; r < old_rows.size() && r < new_rows.size(); ++r) {
      const std::vector<Cell> old_cells = old_rows[r].cells;
      const std::vector<Cell> new_cells = new_rows[r].cells;
      for (std::size_t c = 0; c < old_cells.size() && c < new_cells.size(); ++c) {
        const bool is_planned = std::any_of(planned.begin(), planned.end(), [&](const ByteRange& range) {
          return range.begin == old_cells[c].raw.begin;
        });
        if (is_planned) {
          ranges.push_back(new_cells[c].raw);
        }
      }
    }
  }
  return ranges;
}

std::string edits_badly(const Document& before) {
  std::vector<ByteRange> planned;
  const std::vector<Edit> edits = plan_for(before, planned);
  std::string text = splice(before.bytes(), edits);
  const Result<Document> after = reparse_and_compare(before, text, edits, 0);
  if (!after) {
    return after.error().reason.text() == "edit_not_confirmed"
               ? ""
               : "reparse_and_compare: answers " + after.error().reason.text();
  }
  if (after->bytes() != text) {
    return "reparse_and_compare: answers with another text than it was given";
  }
  if (std::string why = difference_outside(before.bytes(), planned, text, raw_cells(before, *after, planned));
      !why.empty()) {
    return "splice: " + why;
  }
  // One more byte anywhere is not what was planned.
  text.insert(text.size() / 2, 1, 'x');
  if (reparse_and_compare(before, text, edits, 0)) {
    return "reparse_and_compare: confirms a text with one more byte than planned";
  }
  return "";
}

}  // namespace

std::string broken_promise(std::string_view input) {
  const std::string_view line = input.substr(0, input.find_first_of("\r\n"));
  if (std::string broken = splits_badly(line); !broken.empty()) {
    return broken;
  }
  if (std::string broken = cuts_plain_badly(std::string(line)); !broken.empty()) {
    return broken;
  }
  if (std::string broken = escapes_badly(input); !broken.empty()) {
    return broken;
  }
  const auto document = Document::parse(std::string(input), "R.md");
  if (!document) {
    const bool says_where = document.error().code == Errc::kMalformed && document.error().where.starts_with("R.md:");
    return says_where ? "" : "parse: a refusal without a place";
  }
  if (document->bytes() != input) {
    return "parse: changes the bytes";
  }
  return edits_badly(*document);
}

}  // namespace smbatcher::test
