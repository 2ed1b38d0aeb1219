#include "libregistry/queue/document/collapse.h"

#include "libregistry/queue/document/markdown.h"
#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

std::string rows(std::size_t first, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += "| row " + std::to_string(first + i) + " | O |\n";
  }
  return text;
}

const std::string kHead = "| Domain | Status |\n|---|---|\n";

TEST(Collapsed, LeavesTheMiddleOfALongRunOut) {
  const std::string text = kHead + rows(1, 10) + "\nend\n";
  const Lines lines(text);
  const Collapsed collapsed(lines);
  EXPECT_EQ(collapsed.text(), kHead + rows(1, 2) + rows(9, 2) + "\nend\n");
  EXPECT_EQ(collapsed.original(1), 1U);
  EXPECT_EQ(collapsed.original(4), 4U);
  EXPECT_EQ(collapsed.original(5), 11U);
  EXPECT_EQ(collapsed.original(8), 14U);
}

TEST(Collapsed, IsTheDocumentItselfWithoutALongRun) {
  const std::string text = kHead + rows(1, 7);
  const Lines lines(text);
  EXPECT_EQ(Collapsed(lines).text().data(), text.data());
}

TEST(Collapsed, ShowsRowsThatAreNotPlain) {
  const std::string text = kHead + rows(1, 9) + "| <https://a.example> | O |\n" + rows(10, 9) + "\n" + rows(1, 3);
  const Lines lines(text);
  const Collapsed collapsed(lines);
  EXPECT_EQ(collapsed.text(), kHead + rows(1, 2) + rows(8, 2) + "| <https://a.example> | O |\n" + rows(10, 2) +
                                  rows(17, 2) + "\n" + rows(1, 3));
  EXPECT_EQ(collapsed.gaps().size(), 2U);
}

/// Both ways to find the tables of `text`, which must agree but for the rows that cmark-gfm was not shown.
void expect_agreement(const std::string& text) {
  const Lines lines(text);
  const Collapsed collapsed(lines);
  const std::vector<TableLocation> fast = *find_tables(lines, collapsed, "R.md");
  const std::vector<TableLocation> full = *find_tables_in_full(text, "R.md");
  ASSERT_EQ(fast.size(), full.size()) << text;
  for (std::size_t t = 0; t < fast.size(); ++t) {
    EXPECT_EQ(fast[t].header_line, full[t].header_line) << text;
    EXPECT_EQ(fast[t].delimiter_line, full[t].delimiter_line) << text;
    EXPECT_EQ(fast[t].first_body_line, full[t].first_body_line) << text;
    EXPECT_EQ(fast[t].last_line, full[t].last_line) << text;
    EXPECT_EQ(fast[t].columns, full[t].columns) << text;
    EXPECT_EQ(fast[t].containers, full[t].containers) << text;
    for (const ShownRow& row : fast[t].rows) {
      EXPECT_NE(std::find(full[t].rows.begin(), full[t].rows.end(), row), full[t].rows.end()) << text;
    }
  }
}

TEST(FindTables, AgreesWithTheFullParseWhereverARunStands) {
  for (const std::string before :
       {"", "text\n", "\n", "```\n", "~~~\n", "<!--\n", "<div>\n", "<pre>\n", "- item\n", "> quote\n", "    code\n",
        "[a]: /url \"title\n", "[a]:\n", "| x |\n|-|\n", "| x |\n|-|-|\n", "text\n|-|-|\n", "# heading\n", "---\n"}) {
    for (const std::string after : {"", "\n", "|-|-|\n", "|-|\n", "-|-\n", "text\n", "```\n", "-->\n", "> |-|-|\n",
                                    "===\n", "- |-|-|\n", "</div>\n\n", "end\"\n|-|-|\n"}) {
      for (const std::size_t count : {7U, 8U, 9U, 30U}) {
        expect_agreement(before + rows(1, count) + after + rows(100, count) + after + "last | O\n");
      }
    }
  }
}

}  // namespace
}  // namespace smbatcher::test
