#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

const std::vector<Texts> kPlanned = {{"a", "b"}, {"1", "2"}, {"3", "4"}};

struct Case {
  std::string name;
  std::string text;
};

TEST(Containers, LeaveTheCellsAsTheyAre) {
  const std::vector<Case> cases = {
      {"quote", lines_of({"> | a | b |", "> |---|---|", "> | 1 | 2 |", ">| 3 | 4 |"})},
      {"quote, no outer pipes", lines_of({"> a | b", "> --|--", ">   1 | 2", ">3 | 4"})},
      {"list", lines_of({"- | a | b |", "  |---|---|", "  | 1 | 2 |", "  | 3 | 4 |"})},
      {"list, tab after the marker", lines_of({"-\t| a | b |", "\t|---|---|", "\t| 1 | 2 |", "    | 3 | 4 |"})},
      {"ordered list", lines_of({"12. a | b", "    --|--", "    1 | 2", "    3 | 4"})},
      {"ordered list, parenthesis", lines_of({"1) a | b", "   --|--", "   1 | 2", "   3 | 4"})},
      {"list in list", lines_of({"- + a | b", "    --|--", "    1 | 2", "    3 | 4"})},
      {"quote in list", lines_of({"* > a | b", "  > --|--", "  > 1 | 2", "  >3 | 4"})},
      {"list in quote", lines_of({"> - a | b", ">   --|--", ">   1 | 2", ">   3 | 4"})},
      {"quote in quote", lines_of({"> > a | b", ">> --|--", "> > 1 | 2", ">  > 3 | 4"})},
      {"quote, list, quote", lines_of({"> 1. > a | b", ">    > --|--", ">    > 1 | 2", ">    > 3 | 4"})},
      {"later paragraph of an item", lines_of({"- text", "", "  a | b", "  --|--", "  1 | 2", "  3 | 4"})},
      {"empty first line of an item", lines_of({"-", "  a | b", "  --|--", "  1 | 2", "  3 | 4"})},
      {"second item", lines_of({"- one", "- a | b", "  --|--", "  1 | 2", "  3 | 4"})},
      {"indented differently", lines_of({"| a | b |", "  |---|---|", "   | 1 | 2 |", " | 3 | 4 |"})},
      {"text right above the header", lines_of({"text", "| a | b |", "|---|---|", "| 1 | 2 |", "| 3 | 4 |"})},
      {"lazy header in a quote", lines_of({"> text", "| a | b |", "> |---|---|", "> | 1 | 2 |", "> | 3 | 4 |"})},
      {"lazy header in a list", lines_of({"- text", "a | b", "  --|--", "  1 | 2", "  3 | 4"})},
      {"text above the header in an item", lines_of({"- text", "  a | b", "  --|--", "  1 | 2", "  3 | 4"})},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(only_table(c.text), kPlanned) << c.name;
  }
}

TEST(Containers, LineNumbersAndBytesAreThoseOfTheFile) {
  const Document document = parsed(lines_of({"text", "> p", "> | a | b |", "> |---|---|", "> | 1 | 2 |"}));
  ASSERT_EQ(document.tables().size(), 1U);
  const Table& table = document.tables()[0];
  EXPECT_EQ(table.header.line, 3U);
  EXPECT_EQ(table.delimiter_line, 4U);
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].line, 5U);
  EXPECT_EQ(document.text(table.rows[0].bytes), "> | 1 | 2 |");
}

TEST(Containers, MarkALineWhosePrefixIsAmbiguousAsUnclear) {
  // Four blanks make the first ">" text of the paragraph, which becomes the header's first cell.
  const auto rows = only_table(lines_of({"> p", "    > a | b", "> --|--", "> 1 | 2"}));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].front(), "?");
  EXPECT_EQ(rows[1], (Texts{"1", "2"}));
}

}  // namespace
}  // namespace smbatcher::test
