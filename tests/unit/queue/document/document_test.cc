#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

const std::string kTable = lines_of({"| a | b |", "|---|---|", "| 1 | 2 |"});

/// The row after header `| a | b |`, as read.
Texts row(const std::string& line) {
  const auto rows = only_table(lines_of({"| a | b |", "|---|---|", line}));
  return rows.size() == 2 ? rows[1] : Texts{"not a row"};
}

TEST(Document, ReadsOrdinaryRows) {
  const std::vector<std::pair<std::string, Texts>> cases = {
      {"| 1 | 2 |", {"1", "2"}},
      {"|1|2|", {"1", "2"}},
      {"|    1 |2    |   ", {"1", "2"}},
      {"1 | 2", {"1", "2"}},
      {"| 1 | 2", {"1", "2"}},
      {"1 | 2 |", {"1", "2"}},
      {"|\t1\t|\t2\t|", {"1", "2"}},
      {"| \xC3\xA9 | \xF0\x9F\x8D\x9E |", {"\xC3\xA9", "\xF0\x9F\x8D\x9E"}},
      {"||2|", {"", "2"}},
      {"|  |  |", {"", ""}},
      {"| 1 |", {"1"}},
      {"| 1 | 2 | 3 | 4 |", {"1", "2", "3", "4"}},
      {R"(| 1\|1 | 2 |)", {R"(1\|1)", "2"}},
      {R"(| 1\\|1 | 2 |)", {R"(1\\|1)", "2"}},
      {R"(| 1\\\|1 | 2 |)", {R"(1\\\|1)", "2"}},
      {R"(| `1\|1` | 2 |)", {R"(`1\|1`)", "2"}},
      {"| `1|1` |", {"`1", "1`"}},
      {R"(| 1 | 2\)", {"1", R"(2\)"}},
      {"lazy text", {"lazy text"}},
  };
  for (const auto& [line, cells] : cases) {
    EXPECT_EQ(row(line), cells) << line;
  }
}

TEST(Document, RenderingDifferencesDoNotMakeARowUnclear) {
  for (const std::string line :
       {"| Fish &amp; Chips | &#65;&eacute; |", "| ![alt](i.png) | **b** <br> <b>c</b> |", "| [^1] | [x][y] |",
        "| `` a`b `` | ` c ` |", "| <https://a.example> | <a@b.example> |", "| ~~a~~ ~b~ | __c__ *d* |",
        R"(| \*a\* | \a |)", "| <!-- c --> | [a](b \"c\") |", "| [ ] | a_b_c * d * |"}) {
    EXPECT_NE(row(line).front(), "?") << line;
    EXPECT_EQ(row(line).size(), 2U) << line;
  }
}

TEST(Document, ReferenceLinksDoNotMakeARowUnclear) {
  const auto rows = only_table(lines_of({"[x]: /url", "[other]: /url", "", "|a|b|", "|-|-|", "| [x] | [t][other] |"}));
  EXPECT_EQ(rows.at(1), (Texts{"[x]", "[t][other]"}));
}

TEST(Document, ReadsEveryLineEnd) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const Document document = parsed(lines_of({"text", "", "| a | b |", "|---|---|", "| 1 | 2 |"}, end));
    ASSERT_EQ(document.tables().size(), 1U);
    const Table& table = document.tables()[0];
    ASSERT_EQ(table.rows.size(), 1U);
    EXPECT_EQ(table.rows[0].line, 5U);
    EXPECT_EQ(document.text(table.rows[0].bytes), "| 1 | 2 |");
    EXPECT_EQ(contents(document, table.rows[0]), (Texts{"1", "2"}));
    EXPECT_EQ(document.line_end_after(table.rows[0]), end);
  }
}

TEST(Document, ALastLineWithoutAnEndTakesThatOfTheLineBefore) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const Document document = parsed("| a | b |" + end + "|---|---|" + end + "| 1 | 2 |");
    ASSERT_EQ(document.tables().size(), 1U);
    ASSERT_EQ(document.tables()[0].rows.size(), 1U);
    EXPECT_EQ(contents(document, document.tables()[0].rows[0]), (Texts{"1", "2"}));
    EXPECT_EQ(document.line_end_after(document.tables()[0].rows[0]), end);
  }
}

TEST(Document, CountsAByteOrderMarkInOffsetsOnly) {
  const Document document = parsed(std::string(kMark) + kTable);
  EXPECT_TRUE(document.bytes().starts_with(kMark));
  ASSERT_EQ(document.tables().size(), 1U);
  const Table& table = document.tables()[0];
  EXPECT_EQ(table.header.line, 1U);
  EXPECT_EQ(table.header.bytes.begin, 3U);
  EXPECT_EQ(contents(document, table), (std::vector<Texts>{{"a", "b"}, {"1", "2"}}));
}

TEST(Document, ReadsATableOfAHeaderOnly) {
  for (const std::string after : {"", "\n", "\n\ntext\n", "\n# heading\n", "\n```\ncode\n```\n", "\n> quote\n"}) {
    const Document document = parsed("text\n\n| a | b |\n|---|---|" + after);
    ASSERT_EQ(document.tables().size(), 1U) << after;
    const Table& table = document.tables()[0];
    EXPECT_EQ(contents(document, table), (std::vector<Texts>{{"a", "b"}})) << after;
    EXPECT_EQ(table.header.line, 3U) << after;
    EXPECT_EQ(table.delimiter_line, 4U) << after;
  }
}

TEST(Document, ReadsEveryTable) {
  const Document document = parsed("# One\n\n" + kTable + "\ntext\n\n" + kTable + "# Two\n" + kTable);
  ASSERT_EQ(document.tables().size(), 3U);
  EXPECT_EQ(document.tables()[0].header.line, 3U);
  EXPECT_EQ(document.tables()[1].header.line, 9U);
  EXPECT_EQ(document.tables()[2].header.line, 13U);
}

TEST(Document, FindsNoTableInCodeOrHtml) {
  EXPECT_TRUE(parsed("```\n" + kTable + "```\n").tables().empty());
  EXPECT_TRUE(parsed("~~~ md\n" + kTable).tables().empty());
  EXPECT_TRUE(parsed("<div>\n" + kTable + "</div>\n").tables().empty());
  EXPECT_TRUE(parsed("<!--\n\n" + kTable + "\n-->\n").tables().empty());
  EXPECT_TRUE(parsed(lines_of({"    | a | b |", "    |---|---|", "    | 1 | 2 |"})).tables().empty());
  EXPECT_EQ(parsed("```\n" + kTable + "```\n" + kTable).tables().size(), 1U);
}

TEST(Document, ATableEndsAtABlankLineOrAnotherBlock) {
  EXPECT_EQ(only_table(kTable + "\n| 3 | 4 |\n").size(), 2U);
  EXPECT_EQ(only_table(kTable + "# heading | x\n").size(), 2U);
  EXPECT_EQ(only_table(kTable + "- item | x\n").size(), 2U);
}

TEST(Document, NeedsAsManyDelimitersAsHeaderCells) {
  EXPECT_TRUE(parsed(lines_of({"| a | b |", "|---|", "| 1 | 2 |"})).tables().empty());
}

TEST(Document, AFootnoteEndsATableAndMayHoldOne) {
  EXPECT_EQ(only_table("Words[^1].\n\n" + kTable + "[^1]: Note.\n").size(), 2U);
  EXPECT_EQ(only_table("Words[^n].\n\n[^n]: | a | b |\n    |---|---|\n    | 1 | 2 |\n\nEnd.\n"),
            (std::vector<Texts>{{"a", "b"}, {"1", "2"}}));
  // One that nothing refers to is not shown.
  EXPECT_TRUE(parsed("[^n]: | a | b |\n    |---|---|\n    | 1 | 2 |\n").tables().empty());
}

TEST(Document, ATaskMayHoldATable) {
  EXPECT_EQ(only_table("- [ ] | a | b |\n  |---|---|\n  | 1 | 2 |\n"), (std::vector<Texts>{{"a", "b"}, {"1", "2"}}));
}

TEST(Document, ACellShowsTheTextOfAReferenceLink) {
  const std::string text =
      lines_of({"[early]: /e", "", "| [A][early] | [b] | [c][] | [no] | x[^1] |", "|---|---|---|---|---|",
                "| [A][early] | [B b] | [c][] | [no] | x[^1] |", "", "[b b]: /b", "[C]: /c", "[b]: /b", "",
                "[^1]: Note.", "", "```", "[no]: /no", "```"});
  const Document document = parsed(text);
  ASSERT_EQ(document.tables().size(), 1U);
  EXPECT_EQ(document.tables()[0].titles, (Texts{"A", "b", "c", "[no]", "x"}));
  const TableRow row = document.tables()[0].rows[0];
  EXPECT_FALSE(row.unclear);
  Texts shown;
  for (const Cell& cell : row.cells) {
    shown.push_back(document.shown(cell));
  }
  EXPECT_EQ(shown, (Texts{"A", "B b", "c", "[no]", "x"}));
}

TEST(Document, ReadsEmptyText) {
  EXPECT_TRUE(parsed("").tables().empty());
  EXPECT_TRUE(parsed(std::string(kMark)).tables().empty());
  EXPECT_TRUE(parsed("\n").tables().empty());
}

}  // namespace
}  // namespace smbatcher::test
