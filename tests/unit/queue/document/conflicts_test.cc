#include "libregistry/queue/document/conflicts.h"

#include "libregistry/queue/document/verbatim.h"
#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

/// "first-last(markers)", for each.
std::string conflicts_in(const std::string& text) {
  std::string told;
  const auto found = find_conflicts(Lines(text), "f.md");
  for (const Conflict& conflict : found.value()) {
    told += (told.empty() ? "" : "; ") + std::to_string(conflict.first) + "-" + std::to_string(conflict.last) + " " +
            conflict.lines();
  }
  return told;
}

TEST(Conflicts, AreFoundInEveryStyleOfGit) {
  EXPECT_EQ(conflicts_in("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\nd\n"), "2-6 lines 2, 4 and 6");
  EXPECT_EQ(conflicts_in("<<<<<<< HEAD\nb\n||||||| 1234567\no\n=======\nc\n>>>>>>> x\n"), "1-7 lines 1, 3, 5 and 7");
  EXPECT_EQ(conflicts_in("<<<<<<<\r\nb\r\n|||||||\r\n=======\r\n>>>>>>>\r\n"), "1-5 lines 1, 3, 4 and 5");
  EXPECT_EQ(conflicts_in("<<<<<<< a\n=======\n>>>>>>> b\nx\n<<<<<<< a\n=======\n>>>>>>> b\n"),
            "1-3 lines 1, 2 and 3; 5-7 lines 5, 6 and 7");
}

TEST(Conflicts, WithoutAnEndGoToTheEndOfTheDocument) {
  EXPECT_EQ(conflicts_in("a\n<<<<<<< HEAD\nb\n=======\nc\n\nd\n"), "2-7 lines 2 and 4");
  EXPECT_EQ(conflicts_in("<<<<<<< a\nx\n<<<<<<< b\ny\n>>>>>>> c\n"), "1-2 line 1; 3-5 lines 3 and 5");
}

TEST(Conflicts, WithoutABeginningBeginWithTheirBlock) {
  EXPECT_EQ(conflicts_in("a\n\nb\nc\n>>>>>>> x\nd\n"), "3-5 line 5");
}

TEST(Conflicts, AreNoneInOrdinaryText) {
  EXPECT_EQ(conflicts_in("Title\n=======\n\n||||||||\n<<<<<<<< 8\n>>>>>>>x\n <<<<<<< a\n>> quoted\n"), "");
  EXPECT_EQ(conflicts_in("```\n<<<<<<< HEAD\n=======\n>>>>>>> x\n```\n"), "") << "an example";
}

std::string verbatim_in(const std::string& text) {
  std::string told;
  const auto found = find_verbatim_lines(Lines(text), "f.md");
  for (const VerbatimLines& part : found.value()) {
    told += (told.empty() ? "" : "; ") + std::to_string(part.first) + "-" + std::to_string(part.last) +
            (part.indented ? " indented" : "");
  }
  return told;
}

TEST(Verbatim, IsCodeAndWhatIsCommentedOut) {
  EXPECT_EQ(verbatim_in("a\n\n```\nb\nc\n```\nd\n"), "3-5");
  EXPECT_EQ(verbatim_in("- a\n\n  ~~~~ text\n  b\n  ~~~~\n"), "3-4");
  EXPECT_EQ(verbatim_in("a\n\n    b\n\n    c\n\nd\n"), "3-5 indented");
  EXPECT_EQ(verbatim_in("<!--\n\n| a |\n-->\nb\n"), "1-4");
  EXPECT_EQ(verbatim_in("<pre>\n\na\n</pre>\n"), "1-4");
  EXPECT_EQ(verbatim_in("> ```\n> a\n\nb\n"), "1-2") << "the quote ends it";
}

TEST(Verbatim, IsNotWhatNothingEnds) {
  EXPECT_EQ(verbatim_in("a\n\n```\nb\nc\n"), "");
  EXPECT_EQ(verbatim_in("<!-- a\n\n| b |\n"), "");
  EXPECT_EQ(verbatim_in("<div>\n| b |\n</div>\n"), "");
}

TEST(Verbatim, CountsTheLinesThatTheParserWasNotShown) {
  std::string rows;
  for (int i = 0; i < 20; ++i) {
    rows += "| row | O |\n";
  }
  EXPECT_EQ(verbatim_in(rows + "\n```\n" + rows + "```\n" + rows), "22-42");
}

}  // namespace
}  // namespace smbatcher::test
