#include "libregistry/document/document.h"

#include <algorithm>
#include <utility>

#include "libregistry/document/lines.h"
#include "libregistry/document/markdown.h"

namespace smbatcher {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::size_t skip_list_marker(std::string_view line, std::size_t at) {
  const std::size_t sign = std::min(line.find_first_not_of("0123456789", at), line.size());
  return std::min(sign + 1, line.size());
}

/// Where a table's text begins in `line`. A container whose prefix is absent is passed over: the line that becomes the
/// header may continue its paragraph lazily. A list item's later lines begin with blanks only, which split_row skips.
std::size_t skip_containers(std::string_view line, std::size_t number, const std::vector<Container>& containers) {
  std::size_t at = 0;
  for (const Container& container : containers) {
    const std::size_t next = line.find_first_not_of(" \t", at);
    if (next == std::string_view::npos) {
      return line.size();
    }
    if (container.kind == Container::Kind::kListItem) {
      at = container.first_line == number ? skip_list_marker(line, next) : at;
    } else if (line[next] == '>') {
      at = next + 1;
    }
  }
  return at;
}

bool is_subsequence(std::string_view part, std::string_view whole) {
  std::size_t found = 0;
  for (const char c : whole) {
    found += found < part.size() && part[found] == c ? 1U : 0U;
  }
  return found == part.size();
}

/// Whether cmark-gfm has the same cell. A cell on its own cannot resolve a reference link, [text][label], whose
/// definition stands elsewhere in the document: it shows more than the document's tree then, in the same order.
bool same_cell(std::string_view content, const std::string& tree_text) {
  const std::string text = cell_text(content);
  return text == tree_text || (content.find('[') != std::string_view::npos && is_subsequence(tree_text, text));
}

class TableReader {
 public:
  TableReader(std::string_view bytes, const std::vector<Line>& lines, const TableLocation& location)
      : bytes_(bytes), lines_(lines), location_(location) {}

  Table read() const {
    Table table;
    table.header = read_row(location_.header_line, location_.text.front());
    table.delimiter_line = location_.delimiter_line;
    table.rows.reserve(location_.text.size() - 1);
    for (std::size_t i = 1; i < location_.text.size(); ++i) {
      table.rows.push_back(read_row(location_.first_body_line + i - 1, location_.text[i]));
    }
    return table;
  }

 private:
  TableRow read_row(std::size_t number, const std::vector<std::string>& tree_cells) const {
    const Line& line = lines_[number - 1];
    const std::string_view text = bytes_.substr(line.begin, line.end - line.begin);
    const std::size_t skipped = skip_containers(text, number, location_.containers);
    TableRow row{number, {line.begin, line.end}, split_row(text.substr(skipped), line.begin + skipped), false};
    row.unclear = !same_row(row.cells, tree_cells);
    return row;
  }

  bool same_row(const std::vector<Cell>& cells, const std::vector<std::string>& tree_cells) const {
    if (tree_cells.size() != std::min(cells.size(), location_.columns)) {
      return false;
    }
    for (std::size_t i = 0; i < tree_cells.size(); ++i) {
      const ByteRange content = cells[i].content;
      if (!same_cell(bytes_.substr(content.begin, content.size()), tree_cells[i])) {
        return false;
      }
    }
    return true;
  }

  std::string_view bytes_;
  const std::vector<Line>& lines_;
  const TableLocation& location_;
};

}  // namespace

Result<Document> Document::parse(std::string bytes, std::string path) {
  // The mark stays out of what cmark-gfm and the splitter see, and counts in every offset.
  const std::size_t start = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::vector<Line> lines = split_lines(bytes, start);
  SMB_TRY(check_source(bytes, lines, path));

  Document document;
  document.bytes_ = std::move(bytes);
  document.path_ = std::move(path);
  const std::string_view source = document.bytes_;
  for (const TableLocation& location : find_tables(source.substr(start))) {
    document.tables_.push_back(TableReader(source, lines, location).read());
  }
  return document;
}

std::string_view Document::line_end_after(const TableRow& row) const {
  const std::string_view source = bytes_;
  const auto line_end_at = [source](std::size_t at) {
    return source.substr(at, source.substr(at, 2) == "\r\n" ? 2 : 1);
  };
  if (row.bytes.end < source.size()) {
    return line_end_at(row.bytes.end);
  }
  const std::size_t before = row.bytes.begin;
  if (before == 0) {
    return "\n";
  }
  return line_end_at(before >= 2 && source[before - 2] == '\r' ? before - 2 : before - 1);
}

}  // namespace smbatcher
