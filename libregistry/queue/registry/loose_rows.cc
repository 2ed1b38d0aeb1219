#include "libregistry/queue/registry/loose_rows.h"

#include <algorithm>

#include "libregistry/queue/document/verbatim.h"

namespace smbatcher {
namespace {

std::size_t last_line_of(const Table& table) {
  return table.rows.empty() ? table.delimiter_line : table.rows.line(table.rows.size() - 1);
}

/// Walks the lines that are in no queue table.
class LooseRowFinder {
 public:
  LooseRowFinder(const Document& document, const RowJudge& judge) : document_(document), judge_(judge) {}

  /// From here on rows are looked for as this table has them.
  void follow(const Table& table, const RowShape& shape) {
    shape_ = shape;
    in_quote_ = std::any_of(table.rows.containers().begin(), table.rows.containers().end(),
                            [](const Container& in) { return in.kind == Container::Kind::kBlockQuote; });
  }
  void pass(const Table& queue_table) { table_end_ = last_row_ = last_line_of(queue_table); }

  bool is_row(const Table& other) const { return judge_.looks_like_row(other.header.cells, shape_); }

  void look_at(std::size_t first, std::size_t last) {
    for (std::size_t line = first; line <= last; ++line) {
      look_at(line);
    }
  }

  Result<std::vector<LooseRow>> found() {
    if (verbatim_ && !*verbatim_) {
      return fail(verbatim_->error());
    }
    return std::move(found_);
  }

 private:
  void look_at(std::size_t line) {
    const std::string_view text = document_.lines().text(line);
    if (text.find('|') == std::string_view::npos) {
      return;
    }
    const std::size_t skipped = std::min(text.find_first_not_of(in_quote_ ? "> \t" : " \t"), text.size());
    const ByteRange bytes = document_.lines().range(line);
    TableRow row{line, bytes, split_row(text.substr(skipped), bytes.begin + skipped), true};
    const auto below = judge_.shape_below(row.cells);
    if ((!below && !judge_.looks_like_row(row.cells, shape_)) || is_verbatim(line)) {
      return;
    }
    if (below) {
      shape_ = *below;
      return;
    }
    last_row_ = line;
    found_.push_back({std::move(row), shape_, table_end_});
  }

  bool is_verbatim(std::size_t line) {
    if (!verbatim_) {
      verbatim_ = find_verbatim_lines(document_.lines(), document_.path());
    }
    if (!*verbatim_) {
      return false;  // found() says it
    }
    const std::vector<VerbatimLines>& parts = **verbatim_;
    const auto part = std::partition_point(parts.begin(), parts.end(),
                                           [line](const VerbatimLines& lines) { return lines.last < line; });
    return part != parts.end() && part->first <= line && !(part->indented && follows_rows(part->first));
  }

  /// True when nothing but blank lines is between `line` and the last row above it: code by its indent alone is then a
  /// row that slipped to the right.
  bool follows_rows(std::size_t line) const {
    while (line > last_row_ + 1 &&
           document_.lines().text(line - 1).find_first_not_of(" \t") == std::string_view::npos) {
      --line;
    }
    return last_row_ > 0 && line <= last_row_ + 1;
  }

  const Document& document_;
  const RowJudge& judge_;
  RowShape shape_;
  bool in_quote_ = false;
  std::size_t table_end_ = 0;
  std::size_t last_row_ = 0;
  std::optional<Result<std::vector<VerbatimLines>>> verbatim_;  // when first asked
  std::vector<LooseRow> found_;
};

}  // namespace

Result<std::vector<LooseRow>> find_loose_rows(const Document& document, const std::vector<std::size_t>& queue,
                                              const std::vector<RowShape>& shapes, const RowJudge& judge) {
  LooseRowFinder finder(document, judge);
  const std::vector<Table>& tables = document.tables();
  finder.follow(tables[queue.front()], shapes.front());
  std::size_t next = 1;  // the first line that was not looked at yet
  std::size_t passed = 0;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const bool in_queue = passed < queue.size() && queue[passed] == i;
    if (!in_queue && finder.is_row(tables[i])) {
      continue;
    }
    finder.look_at(next, tables[i].header.line - 1);
    next = last_line_of(tables[i]) + 1;
    if (in_queue) {
      finder.follow(tables[i], shapes[passed]);
      finder.pass(tables[i]);
      ++passed;
    }
  }
  finder.look_at(next, document.lines().count());
  return finder.found();
}

}  // namespace smbatcher
