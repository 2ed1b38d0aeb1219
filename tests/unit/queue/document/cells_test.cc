#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

Texts split(std::string_view line) {
  Texts texts;
  for (const Cell& cell : split_row(line, 0)) {
    texts.emplace_back(line.substr(cell.content.begin, cell.content.size()));
  }
  return texts;
}

TEST(SplitRow, CutsAtPipesWithOrWithoutOuterOnes) {
  EXPECT_EQ(split("| a | b |"), (Texts{"a", "b"}));
  EXPECT_EQ(split("a | b"), (Texts{"a", "b"}));
  EXPECT_EQ(split("  |a|b"), (Texts{"a", "b"}));
  EXPECT_EQ(split("a|b|\t "), (Texts{"a", "b"}));
  EXPECT_EQ(split("|a||b|"), (Texts{"a", "", "b"}));
  EXPECT_EQ(split("text"), (Texts{"text"}));
  EXPECT_EQ(split(""), Texts{});
  EXPECT_EQ(split("|"), Texts{});
}

TEST(SplitRow, TakesAPipeBehindABackslashAsContent) {
  EXPECT_EQ(split(R"(|a\|b|c|)"), (Texts{R"(a\|b)", "c"}));
  EXPECT_EQ(split(R"(|a\\|b|c|)"), (Texts{R"(a\\|b)", "c"}));
  EXPECT_EQ(split(R"(|`a\|b`|c|)"), (Texts{R"(`a\|b`)", "c"}));
  EXPECT_EQ(split("|`a|b`|"), (Texts{"`a", "b`"}));
  EXPECT_EQ(split(R"(\|a|b)"), (Texts{R"(\|a)", "b"}));
}

TEST(SplitRow, GivesRawBetweenPipesAndContentWithoutBlanks) {
  const std::vector<Cell> cells = split_row("| a ||", 100);
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells[0].raw.begin, 101U);
  EXPECT_EQ(cells[0].raw.end, 104U);
  EXPECT_EQ(cells[0].content.begin, 102U);
  EXPECT_EQ(cells[0].content.end, 103U);
  EXPECT_EQ(cells[1].raw.begin, 105U);
  EXPECT_EQ(cells[1].raw.size(), 0U);
  EXPECT_EQ(cells[1].content.size(), 0U);
}

TEST(SplitRow, PlacesBlankContentInsideItsCell) {
  const std::vector<Cell> cells = split_row("|   |", 0);
  ASSERT_EQ(cells.size(), 1U);
  EXPECT_EQ(cells[0].raw.size(), 3U);
  EXPECT_EQ(cells[0].content.size(), 0U);
  EXPECT_GE(cells[0].content.begin, cells[0].raw.begin);
  EXPECT_LE(cells[0].content.end, cells[0].raw.end);
}

TEST(CellText, ResolvesInlineMarkup) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"plain text", "plain text"},
      {"", ""},
      {"`O`", "O"},
      {"**O**", "O"},
      {"*O*", "O"},
      {"__O__", "O"},
      {"~~-~~", "-"},
      {"**`O`**", "O"},
      {"`` a`b ``", "a`b"},
      {"[a.example](https://a.example)", "a.example"},
      {"[**a**](<u v> \"title\")", "a"},
      {"<https://a.example>", "https://a.example"},
      {"snake_case_name", "snake_case_name"},
      {"5 * 3 * 2", "5 * 3 * 2"},
      {R"(a \| b)", "a | b"},
      {R"(a \\| b)", "a | b"},
      {R"(`a\|b`)", "a|b"},
      {R"(\*a\*)", "*a*"},
      {R"(end\)", R"(end\)"},
      {"Fish &amp; Chips", "Fish & Chips"},
      {"[no link", "[no link"},
      {"- item", "- item"},
      {"# no heading", "# no heading"},
      {"**\xE6\x97\xA5**", "\xE6\x97\xA5"},
  };
  for (const auto& [content, text] : cases) {
    EXPECT_EQ(cell_text(content), text) << content;
  }
}

TEST(CellText, ReturnsWhatIsNotOneCellAsItIs) {
  EXPECT_EQ(cell_text("`a|b`"), "`a|b`");
  EXPECT_EQ(cell_text("`a\nb`"), "`a\nb`");
  EXPECT_EQ(cell_text("`\xFF`"), "`\xFF`");
}

TEST(EscapeCell, KeepsTextInOneCell) {
  EXPECT_EQ(escape_cell("a | b"), R"(a \| b)");
  EXPECT_EQ(escape_cell(" a\r\nb\nc\rd\te\x01"
                        "f\x7F"),
            "a b c d e f");
  EXPECT_EQ(escape_cell("a \\| b"), R"(a &#92;\| b)");
  EXPECT_EQ(escape_cell(" \n "), "");
}

TEST(EscapeCell, ShowsWhatWasWritten) {
  for (const char* text : {"keep __init__ and *must*",
                           "C:\\dir\\*.txt",
                           "a\\_b",
                           "<b>bold</b>",
                           "a < b > c",
                           "fish &amp; chips &#65;",
                           "Q&A; R&D",
                           "`code` and ``more``",
                           "[link](https://a.example)",
                           "[ref][a] [^1] ![x](y)",
                           "<https://a.example>",
                           "https://a.example/a_b_c?x=1&y=2",
                           "see www.a.example/_x_ and http://b.example/*y*",
                           "mail a_b@c.example _x_",
                           "http://x.example/&amp;<b>",
                           "~~gone~~ ~5",
                           "a|b \\| c\\\\|d",
                           "end\\",
                           "\\\\",
                           "*",
                           "* a *b*",
                           "2 * 3 * 4",
                           "snake_case __ x",
                           "<!-- x -->",
                           "\xC2\xAB_a_\xC2\xBB",
                           "***a** b*",
                           "# no - list",
                           "\\&amp;"}) {
    EXPECT_EQ(cell_text(escape_cell(text)), text) << escape_cell(text);
  }
}

TEST(EscapeCell, EscapesNothingElse) {
  for (const char* text : {"plain text", "2 * 3 * 4", "snake_case and more_of_it", "~5 min", "R&D, Q&A", "a < b",
                           "C:\\dir", "https://a.example/a_b_c?x=1&y=2", "100 % #1 (!)", "it's - so: to say"}) {
    EXPECT_EQ(escape_cell(text), text);
  }
  EXPECT_EQ(escape_cell("keep __init__ and *must*"), R"(keep \_\_init\_\_ and \*must\*)");
}

TEST(EscapeCell, KeepsABackslashAtTheEndFromEscapingTheNextPipe) {
  EXPECT_EQ(split("|" + escape_cell(R"(C:\)") + "|b|").size(), 2U);
  EXPECT_EQ(cell_text(escape_cell(R"(C:\)")), R"(C:\)");
  EXPECT_EQ(cell_text(escape_cell(R"(C:\\)")), R"(C:\\)");
}

}  // namespace
}  // namespace smbatcher::test
