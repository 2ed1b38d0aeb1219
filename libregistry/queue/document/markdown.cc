#include "libregistry/queue/document/markdown.h"

#include <algorithm>
#include <utility>

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include "libregistry/queue/document/blanks.h"
#include "libregistry/queue/document/markdown_tree.h"

// The table extension assigns these when it is registered; the installed headers do not declare them.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
extern cmark_node_type CMARK_NODE_TABLE;
extern cmark_node_type CMARK_NODE_TABLE_ROW;
extern cmark_node_type CMARK_NODE_TABLE_CELL;
}
// NOLINTEND(readability-identifier-naming)

namespace smbatcher {
namespace {

std::size_t first_line(cmark_node* node) { return static_cast<std::size_t>(cmark_node_get_start_line(node)); }

std::vector<Container> containers_of(cmark_node* table) {
  std::vector<Container> containers;
  for (cmark_node* node = cmark_node_parent(table); node != nullptr; node = cmark_node_parent(node)) {
    if (cmark_node_get_type(node) == CMARK_NODE_BLOCK_QUOTE) {
      containers.push_back({Container::Kind::kBlockQuote, first_line(node)});
    } else if (cmark_node_get_type(node) == CMARK_NODE_ITEM) {
      containers.push_back({Container::Kind::kListItem, first_line(node)});
    } else if (cmark_node_get_type(node) == CMARK_NODE_FOOTNOTE_DEFINITION) {
      containers.push_back({Container::Kind::kFootnote, first_line(node)});
    }
  }
  std::reverse(containers.begin(), containers.end());
  return containers;
}

/// True when HTML is comments and blanks only. A comment without an end goes on to the end of the document.
bool is_comments(std::string_view html) {
  while (true) {
    const std::size_t begin = html.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) {
      return true;
    }
    html.remove_prefix(begin);
    if (!html.starts_with("<!--")) {
      return false;
    }
    const std::size_t end = html.find("-->");
    if (end == std::string_view::npos) {
      return true;
    }
    html.remove_prefix(end + 3);
  }
}

/// Fills heading after heading from the events of a walk through the tree.
class HeadingCollector {
 public:
  explicit HeadingCollector(std::string_view text) : lines_(text) {}

  void take(cmark_node* node, bool enter) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_FOOTNOTE_DEFINITION) {
      in_footnote_ = enter;
      return;
    }
    if (in_footnote_) {
      return;  // it is shown at the end of the page, and belongs to no heading
    }
    if (type == CMARK_NODE_HEADING) {
      in_heading_ = enter;
      enter ? begin(node) : end(node);
    } else if (enter && in_heading_) {
      add_text(node, type);
    } else if (enter && !headings_.empty()) {
      add_content(headings_.back(), node, type);
    }
  }

  std::vector<ShownHeading> headings() { return std::move(headings_); }

 private:
  void begin(cmark_node* node) {
    ShownHeading& heading = headings_.emplace_back();
    heading.line = heading.last_line = first_line(node);
    heading.level = cmark_node_get_heading_level(node);
  }

  void end(cmark_node* node) {
    ShownHeading& heading = headings_.back();
    heading.text = std::string(trim_cell(heading.text));
    // Where cmark-gfm says that a heading of both forms ends: an ATX one on its line, a setext one at its underline or
    // on the line behind it.
    const auto end = static_cast<std::size_t>(cmark_node_get_end_line(node));
    if (end > heading.line) {
      ++heading.last_line;
      while (heading.last_line < end && !is_underline(lines_.text(heading.last_line))) {
        ++heading.last_line;
      }
    }
  }

  /// "===" or "---", in a block quote or a list too.
  static bool is_underline(std::string_view line) {
    const std::size_t mark = line.find_first_not_of(" \t>");
    return mark != std::string_view::npos && (line[mark] == '=' || line[mark] == '-') &&
           line.substr(mark).find_first_not_of(std::string{line[mark], ' ', '\t'}) == std::string_view::npos;
  }

  void add_text(cmark_node* node, cmark_node_type type) {
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
      headings_.back().text += cmark_node_get_literal(node);
    } else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
      headings_.back().text += ' ';
      ++headings_.back().last_line;
    }
  }

  static void add_content(ShownHeading& heading, cmark_node* node, cmark_node_type type) {
    if (type == CMARK_NODE_HTML_BLOCK && is_comments(cmark_node_get_literal(node))) {
      heading.has_comments = true;
    } else if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK ||
               type == CMARK_NODE_TABLE) {
      heading.has_content = true;
    }
  }

  Lines lines_;
  std::vector<ShownHeading> headings_;
  bool in_heading_ = false;
  bool in_footnote_ = false;
};

/// Fills table after table from the events of a walk through the tree.
class TableCollector {
 public:
  void enter(cmark_node* node) {
    const cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_TABLE) {
      begin_table(node);
    } else if (type == CMARK_NODE_TABLE_ROW) {
      add_row(node);
    } else if (type == CMARK_NODE_TABLE_CELL) {
      in_cell_ = cmark_node_get_start_column(node) != 0;  // column 0: padding of a short row
      if (in_cell_) {
        tables_.back().rows.back().text.emplace_back();
      }
    } else if (in_cell_ && (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_HTML_INLINE)) {
      tables_.back().rows.back().text.back() += cmark_node_get_literal(node);
    }
  }

  void leave(cmark_node* node) {
    if (in_cell_ && cmark_node_get_type(node) == CMARK_NODE_TABLE_CELL) {
      std::string& text = tables_.back().rows.back().text.back();
      text = std::string(trim_cell(text));
      in_cell_ = false;
    }
  }

  /// In the order of the document: cmark-gfm moves footnotes to its end.
  std::vector<TableLocation> take() {
    std::stable_sort(tables_.begin(), tables_.end(),
                     [](const auto& a, const auto& b) { return a.header_line < b.header_line; });
    return std::move(tables_);
  }

 private:
  void begin_table(cmark_node* node) {
    TableLocation& table = tables_.emplace_back();
    table.columns = cmark_gfm_extensions_get_table_columns(node);
    table.containers = containers_of(node);
    // Right for a table without a body row, and replaced by the first one otherwise. The line of the table itself is
    // not used: it is wrong where a paragraph stands directly above the header.
    set_delimiter_line(table, static_cast<std::size_t>(cmark_node_get_end_line(node)));
    table.last_line = table.delimiter_line;
  }

  void add_row(cmark_node* node) {
    TableLocation& table = tables_.back();
    const bool is_body = !table.rows.empty();
    table.rows.push_back({is_body ? first_line(node) : table.header_line, {}});
    if (!is_body) {
      return;
    }
    table.last_line = first_line(node);
    if (table.first_body_line == 0) {
      table.first_body_line = table.last_line;
      set_delimiter_line(table, table.first_body_line - 1);
    }
  }

  static void set_delimiter_line(TableLocation& table, std::size_t line) {
    table.delimiter_line = line;
    table.header_line = line - 1;
    if (!table.rows.empty()) {
      table.rows.front().line = table.header_line;
    }
  }

  std::vector<TableLocation> tables_;
  bool in_cell_ = false;
};

bool is_body_line(const TableLocation& table, std::size_t line) {
  return table.first_body_line != 0 && line >= table.first_body_line && line <= table.last_line;
}

/// True when the lines on both sides of each gap are rows of one table, or neither is a row: then so are those between.
bool gaps_are_uniform(const std::vector<TableLocation>& tables, const std::vector<Collapsed::Gap>& gaps) {
  auto table = tables.begin();
  return std::all_of(gaps.begin(), gaps.end(), [&](const Collapsed::Gap& gap) {
    while (table != tables.end() && table->last_line < gap.first - 1) {
      ++table;
    }
    return table == tables.end() || is_body_line(*table, gap.first - 1) == is_body_line(*table, gap.last + 1);
  });
}

void restore_line_numbers(TableLocation& table, const Collapsed& collapsed) {
  for (std::size_t* line : {&table.header_line, &table.delimiter_line, &table.last_line}) {
    *line = collapsed.original(*line);
  }
  table.first_body_line = table.first_body_line == 0 ? 0 : collapsed.original(table.first_body_line);
  for (Container& container : table.containers) {
    container.first_line = collapsed.original(container.first_line);
  }
  for (ShownRow& row : table.rows) {
    row.line = collapsed.original(row.line);
  }
}

}  // namespace

Result<std::vector<TableLocation>> find_tables(const Lines& lines, const Collapsed& collapsed,
                                               const std::string& path) {
  auto tables = find_tables_in_full(collapsed.text(), path);
  if (!tables || collapsed.gaps().empty()) {
    return tables;
  }
  for (TableLocation& table : *tables) {
    restore_line_numbers(table, collapsed);
  }
  return gaps_are_uniform(*tables, collapsed.gaps()) ? tables : find_tables_in_full(lines.content(), path);
}

Result<std::vector<TableLocation>> find_tables_in_full(std::string_view text, const std::string& path) {
  SMB_TRY_ASSIGN(const MarkdownTree tree, MarkdownTree::parse(text, path));
  TableCollector collector;
  tree.walk([&](cmark_node* node, bool enter) {
    if (enter) {
      collector.enter(node);
    } else {
      collector.leave(node);
    }
  });
  return collector.take();
}

Result<std::vector<ShownHeading>> find_headings(std::string_view text, const std::string& path) {
  SMB_TRY_ASSIGN(const MarkdownTree tree, MarkdownTree::parse(text, path));
  HeadingCollector collector(text);
  tree.walk([&](cmark_node* node, bool enter) { collector.take(node, enter); });
  return collector.headings();
}

Result<std::vector<bool>> are_defined(const std::vector<std::string_view>& labels, std::string_view text,
                                      const std::string& path) {
  // A table above the document, one label a row, is seen with its definitions and changes nothing below it.
  std::string asking = "| x |\n|-|\n";
  for (const std::string_view label : labels) {
    asking += "| [" + std::string(label) + "] |\n";
  }
  SMB_TRY_ASSIGN(const MarkdownTree tree, MarkdownTree::parse(asking + "\n" + std::string(text), path));
  std::vector<bool> defined(labels.size());
  std::size_t rows = 0;  // of the table, with its header
  bool is_above = true;
  tree.walk([&](cmark_node* node, bool enter) {
    const cmark_node_type type = cmark_node_get_type(node);
    is_above = is_above && (enter || type != CMARK_NODE_TABLE);
    if (!is_above || !enter) {
      return;
    }
    rows += type == CMARK_NODE_TABLE_ROW ? 1 : 0;
    // A link in other text would be one of its own, as in "[www.example]".
    if ((type == CMARK_NODE_LINK || type == CMARK_NODE_FOOTNOTE_REFERENCE) && cmark_node_previous(node) == nullptr &&
        cmark_node_next(node) == nullptr && rows >= 2 && rows - 2 < labels.size()) {
      defined[rows - 2] = true;
    }
  });
  return defined;
}

std::optional<std::string> shown_text(std::string_view content, std::string_view definitions) {
  // The blanks keep a backslash at the end of the content from escaping the closing pipe.
  const auto tables = find_tables_in_full("| " + std::string(content) + " |\n|-|\n\n" + std::string(definitions), "");
  const bool is_one_cell =
      tables && tables->size() == 1 && (*tables)[0].header_line == 1 && (*tables)[0].rows[0].text.size() == 1;
  return is_one_cell ? std::optional((*tables)[0].rows[0].text[0]) : std::nullopt;
}

}  // namespace smbatcher
