#include "tests/fuzz/tables.h"

#include <algorithm>
#include <array>

#include "libregistry/queue/document/collapse.h"
#include "libregistry/queue/document/guards.h"
#include "libregistry/queue/document/markdown.h"

namespace smbatcher::test {
namespace {

std::string in_line(std::size_t number, std::string_view what) {
  return "line " + std::to_string(number) + ": " + std::string(what);
}

std::string description(const TableLocation& table) {
  return "lines " + std::to_string(table.header_line) + " to " + std::to_string(table.last_line) + ", body from " +
         std::to_string(table.first_body_line) + ", " + std::to_string(table.columns) + " columns, in " +
         std::to_string(table.containers.size()) + " blocks";
}

bool same_place(const TableLocation& a, const TableLocation& b) {
  return a.header_line == b.header_line && a.delimiter_line == b.delimiter_line &&
         a.first_body_line == b.first_body_line && a.last_line == b.last_line && a.columns == b.columns &&
         a.containers == b.containers;
}

/// A cell with a bracket may be a reference to a definition elsewhere in the document, and shows less then.
bool shows(std::string_view content, const std::string& shown) {
  return content.find('[') != std::string_view::npos || cell_text(content) == shown;
}

/// Of a row that cmark-gfm was not shown: our splitter's cells are cmark-gfm's.
std::string hidden_row_difference(const Lines& lines, const ShownRow& row, std::size_t columns) {
  const std::string_view text = lines.text(row.line);
  const std::vector<Cell> cells = split_row(text, 0);
  if (row.text.size() != std::min(cells.size(), columns)) {
    return in_line(row.line, "was not shown, and has another number of cells than our splitter finds");
  }
  for (std::size_t i = 0; i < row.text.size(); ++i) {
    if (!shows(text.substr(cells[i].content.begin, cells[i].content.size()), row.text[i])) {
      return in_line(row.line, "was not shown, and cell " + std::to_string(i + 1) + " shows '" + row.text[i] + "'");
    }
  }
  return "";
}

std::string row_difference(const Lines& lines, const Collapsed& collapsed, const TableLocation& fast,
                           const TableLocation& full) {
  auto shown = fast.rows.begin();
  for (const ShownRow& row : full.rows) {
    if (shown != fast.rows.end() && shown->line == row.line) {
      if (*shown != row) {
        return in_line(row.line, "shows other cells");
      }
      ++shown;
      continue;
    }
    const bool hidden =
        std::any_of(collapsed.gaps().begin(), collapsed.gaps().end(),
                    [&row](const Collapsed::Gap& gap) { return gap.first <= row.line && row.line <= gap.last; });
    if (!hidden) {
      return in_line(row.line, "is a row that is missing");
    }
    if (std::string what = hidden_row_difference(lines, row, full.columns); !what.empty()) {
      return what;
    }
  }
  return shown == fast.rows.end() ? "" : in_line(shown->line, "is a row that is not there");
}

/// Texts that are hard to put into a cell, or that end a row's being plain.
std::string cell_for(const std::function<std::size_t(std::size_t)>& below) {
  static const std::array<std::string, 16> kTexts{"i", "042", "**O**", "",       "-",      "a|b", "a\\|b", "\\",
                                                  "`", "```", "-->",   "</pre>", "[a]: b", "\t",  "x\ny",  "x"};
  const std::size_t choice = below(kTexts.size());
  return choice + 1 == kTexts.size() ? std::string(below(300), 'x') : kTexts[choice];
}

std::string end_of(const Result<EditedText>& result) { return result ? "confirmed" : result.error().reason.text(); }
std::string end_of(const Result<Document>& result) { return result ? "confirmed" : result.error().reason.text(); }

}  // namespace

std::string lines_difference(std::string_view text) {
  // A copy of just this size, so that a sanitizer sees a look beyond its end.
  const std::vector<char> exact(text.begin(), text.end());
  const std::string_view bytes(exact.data(), exact.size());
  const std::size_t start = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  const Lines lines(bytes, start);
  std::size_t number = 0;
  for (std::size_t begin = start; begin < bytes.size();) {
    ++number;
    const std::size_t end = std::min(bytes.find_first_of("\r\n", begin), bytes.size());
    const std::size_t length = bytes.substr(end, 2) == "\r\n" ? 2 : std::min<std::size_t>(1, bytes.size() - end);
    if (number > lines.count() || lines.range(number).begin != begin || lines.range(number).end != end ||
        lines.whole_range(number).end != end + length || lines.at(begin) != number ||
        lines.at(end + length - 1) != number) {
      return in_line(number, "has other bounds");
    }
    if (lines.is_plain(number) != is_plain_line(bytes.substr(begin, end - begin))) {
      return in_line(number, "is plain in its document only, or alone only");
    }
    begin = end + length;
  }
  if (number != lines.count()) {
    return in_line(number, "is not the last one");
  }
  const std::string_view content = bytes.substr(start);
  const bool ascii = std::none_of(content.begin(), content.end(), [](char c) { return (c & '\x80') != 0; });
  return ascii == lines.has_non_ascii() ? "ASCII or not is told wrongly" : "";
}

std::string table_difference(std::string_view text) {
  const Lines lines(text, text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  const Collapsed collapsed(lines);
  if (!check_source(lines, collapsed, "R.md")) {
    return "";
  }
  const auto shown = find_tables(lines, collapsed, "R.md");
  const auto all = find_tables_in_full(lines.content(), "R.md");
  if (!shown || !all) {
    return shown || !all ? "" : "find_tables: refuses a document that can be read in full";
  }
  const std::vector<TableLocation>& fast = *shown;
  const std::vector<TableLocation>& full = *all;
  for (std::size_t i = 0; i < std::min(fast.size(), full.size()); ++i) {
    if (!same_place(fast[i], full[i])) {
      return "find_tables: " + description(fast[i]) + "; in full: " + description(full[i]);
    }
    if (std::string what = row_difference(lines, collapsed, fast[i], full[i]); !what.empty()) {
      return "find_tables: " + what;
    }
  }
  return fast.size() == full.size()
             ? ""
             : "find_tables: " + std::to_string(fast.size()) + " tables; in full: " + std::to_string(full.size());
}

std::string edit_difference(const std::string& text, const std::function<std::size_t(std::size_t)>& below) {
  const auto document = Document::parse(text, "R.md");
  if (!document) {
    return "";
  }
  std::vector<Edit> edits;
  for (const Table& table : document->tables()) {
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
      const std::vector<Cell> cells = below(6) == 0 ? table.rows[row].cells : std::vector<Cell>();
      if (!cells.empty()) {
        const Cell& cell = cells[below(cells.size())];
        edits.push_back({below(2) == 0 ? cell.raw : cell.content, cell_for(below)});
      }
    }
  }
  const std::string after = splice(text, edits);
  const auto fast = confirm_edits(*document, edits, 0);
  const auto full = reparse_and_compare(*document, after, edits, 0);
  if (end_of(fast) != end_of(full)) {
    return "confirm_edits: " + end_of(fast) + "; with everything parsed again: " + end_of(full);
  }
  if (fast) {
    std::string joined;
    for (const std::string_view piece : fast->pieces()) {
      joined += piece;
    }
    if (joined != after || fast->str() != after || fast->is_unchanged() != (after == text)) {
      return "confirm_edits: answers with another text";
    }
  }
  return "";
}

}  // namespace smbatcher::test
