#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "libregistry/queue/document/document.h"

namespace smbatcher::test {

using Texts = std::vector<std::string>;

/// `lines`, each followed by `end`.
inline std::string lines_of(std::initializer_list<std::string_view> lines, std::string_view end = "\n") {
  std::string text;
  for (const std::string_view line : lines) {
    text.append(line).append(end);
  }
  return text;
}

inline Document parsed(std::string text) {
  Result<Document> document = Document::parse(std::move(text), "R.md");
  EXPECT_TRUE(document.has_value()) << document.error().message;
  return document ? *document : Document{};
}

/// The contents of a row's cells, "?" first when the row is unclear.
inline Texts contents(const Document& document, const TableRow& row) {
  Texts texts;
  if (row.unclear) {
    texts.emplace_back("?");
  }
  for (const Cell& cell : row.cells) {
    texts.emplace_back(document.text(cell.content));
  }
  return texts;
}

/// All rows of a table, header first.
inline std::vector<Texts> contents(const Document& document, const Table& table) {
  std::vector<Texts> rows{contents(document, table.header)};
  for (const TableRow& row : table.rows) {
    rows.push_back(contents(document, row));
  }
  return rows;
}

/// The rows of the only table in `text`.
inline std::vector<Texts> only_table(std::string text) {
  const Document document = parsed(std::move(text));
  EXPECT_EQ(document.tables().size(), 1U);
  return document.tables().size() == 1 ? contents(document, document.tables()[0]) : std::vector<Texts>{};
}

}  // namespace smbatcher::test
