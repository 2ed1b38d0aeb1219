#include "libregistry/queue/document/document.h"

#include <algorithm>
#include <set>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/document/collapse.h"
#include "libregistry/queue/document/guards.h"
#include "libregistry/queue/document/markdown.h"

namespace smbatcher {
namespace {

/// Behind "-", "1." or the like, and the box of a task.
std::size_t skip_list_marker(std::string_view line, std::size_t at) {
  const std::size_t sign = std::min(line.find_first_not_of("0123456789", at), line.size());
  const std::size_t box = line.find_first_not_of(" \t", sign + 1);
  const std::string_view next = box == std::string_view::npos ? "" : line.substr(box, 3);
  return next == "[ ]" || next == "[x]" || next == "[X]" ? box + 3 : std::min(sign + 1, line.size());
}

/// Behind "[^label]:".
std::size_t skip_footnote_label(std::string_view line, std::size_t at) {
  const std::size_t end = line.find("]:", at);
  return end == std::string_view::npos ? line.size() : end + 2;
}

/// Where a table's text begins in `line`. A container whose prefix is absent is passed over: the line that becomes the
/// header may continue its paragraph lazily. The later lines of a list item
/// or a footnote begin with blanks only, which split_row skips.
std::size_t skip_containers(std::string_view line, std::size_t number, const std::vector<Container>& containers) {
  std::size_t at = 0;
  for (const Container& container : containers) {
    const std::size_t next = line.find_first_not_of(" \t", at);
    if (next == std::string_view::npos) {
      return line.size();
    }
    if (container.kind == Container::Kind::kListItem) {
      at = container.first_line == number ? skip_list_marker(line, next) : at;
    } else if (container.kind == Container::Kind::kFootnote) {
      at = container.first_line == number ? skip_footnote_label(line, next) : at;
    } else if (line[next] == '>') {
      at = next + 1;
    }
  }
  return at;
}

/// The row in line `number`, as our splitter cuts it.
TableRow cut_row(const Lines& lines, std::size_t number, const std::vector<Container>& containers) {
  const ByteRange line = lines.range(number);
  const std::string_view text = lines.text(number);
  const std::size_t skipped = skip_containers(text, number, containers);
  return {number, line, split_row(text.substr(skipped), line.begin + skipped), false};
}

/// What the lines of the tables have in brackets.
std::set<std::string_view> labels_of(const Lines& lines, const std::vector<TableLocation>& tables) {
  std::set<std::string_view> labels;
  if (lines.content().find("]:") == std::string_view::npos) {
    return labels;  // nothing is defined
  }
  const auto add = [&](std::size_t number) {
    const std::vector<std::string_view> found = labels_in(lines.text(number));
    labels.insert(found.begin(), found.end());
  };
  for (const TableLocation& table : tables) {
    add(table.header_line);
    for (std::size_t number = table.first_body_line; number != 0 && number <= table.last_line; ++number) {
      add(number);
    }
  }
  return labels;
}

}  // namespace

/// Makes a table of what cmark-gfm says of it.
class TableReader {
 public:
  TableReader(std::shared_ptr<const DocumentSource> source, const TableLocation& location)
      : source_(std::move(source)), location_(location) {}

  Table read() const {
    Table table;
    table.header = cut_row(source_->lines, location_.header_line, location_.containers);
    table.titles = location_.rows.front().text;
    table.header.unclear = !same_row(table.header.cells, location_.rows.front().text);
    table.delimiter_line = location_.delimiter_line;
    TableRows& rows = table.rows;
    rows.source_ = source_;
    rows.containers_ = location_.containers;
    if (location_.first_body_line != 0) {
      rows.first_line_ = location_.first_body_line;
      rows.count_ = location_.last_line - location_.first_body_line + 1;
    }
    for (auto shown = location_.rows.begin() + 1; shown != location_.rows.end(); ++shown) {
      if (!same_row(cut_row(source_->lines, shown->line, location_.containers).cells, shown->text)) {
        rows.unclear_.push_back(shown->line);
      }
    }
    return table;
  }

 private:
  bool same_row(const std::vector<Cell>& cells, const std::vector<std::string>& shown) const {
    if (shown.size() != std::min(cells.size(), location_.columns)) {
      return false;
    }
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const ByteRange content = cells[i].content;
      if (cell_text(std::string_view(source_->bytes).substr(content.begin, content.size()), source_->labels) !=
          shown[i]) {
        return false;
      }
    }
    return true;
  }

  std::shared_ptr<const DocumentSource> source_;
  const TableLocation& location_;
};

DocumentSource::DocumentSource(std::string text)
    : bytes(std::move(text)), lines(bytes, bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0) {}

TableRow TableRows::operator[](std::size_t index) const {
  TableRow row = cut_row(source_->lines, line(index), containers_);
  row.unclear = std::binary_search(unclear_.begin(), unclear_.end(), row.line);
  return row;
}

TableRows::Iterator TableRows::begin() const { return {*this, 0}; }
TableRows::Iterator TableRows::end() const { return {*this, count_}; }

bool TableRows::is_plain(std::size_t index) const {
  return containers_.empty() && source_->lines.is_plain(line(index)) &&
         (unclear_.empty() || !std::binary_search(unclear_.begin(), unclear_.end(), line(index)));
}

ByteRange TableRows::range(std::size_t index) const { return source_->lines.range(line(index)); }

std::string Document::shown(std::string_view content) const {
  return source_ ? cell_text(content, source_->labels) : cell_text(content);
}

Result<Document> Document::parse(std::string bytes, std::string path) {
  Document document;
  const auto source = std::make_shared<DocumentSource>(std::move(bytes));
  const Collapsed collapsed(source->lines);
  SMB_TRY(check_source(source->lines, collapsed, path));
  SMB_TRY_ASSIGN(const std::vector<TableLocation> tables, find_tables(source->lines, collapsed, path));
  SMB_TRY_ASSIGN(source->labels, DefinedLabels::find(labels_of(source->lines, tables), collapsed.text(), path));
  for (const TableLocation& location : tables) {
    document.tables_.push_back(TableReader(source, location).read());
  }
  document.source_ = source;
  document.path_ = std::move(path);
  return document;
}

const std::string& Document::bytes() const {
  static const std::string nothing;
  return source_ ? source_->bytes : nothing;
}

const Lines& Document::lines() const {
  static const Lines nothing;
  return source_ ? source_->lines : nothing;
}

std::string_view Document::line_end_after(const TableRow& row) const {
  const std::string_view source = bytes();
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
