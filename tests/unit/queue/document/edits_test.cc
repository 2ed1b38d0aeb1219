#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

const std::string kText =
    lines_of({"# Sites", "", "| a | b |", "|---|---|", "| 1 | 2 |", "||x|", "", "text", "", "|c|", "|-|", "|5|"});

/// The range of `part`, which occurs once in `text`.
ByteRange range_of(std::string_view text, std::string_view part) {
  const std::size_t begin = text.find(part);
  EXPECT_NE(begin, std::string_view::npos) << part;
  EXPECT_EQ(text.find(part, begin + 1), std::string_view::npos) << part;
  return {begin, begin + part.size()};
}

ByteRange end_of(std::string_view text, std::string_view part) {
  const ByteRange range = range_of(text, part);
  return {range.end, range.end};
}

/// "" when the edits of `before` are confirmed, the reason otherwise.
std::string refusal(const std::string& before, const std::vector<Edit>& edits, std::size_t appended_rows = 0) {
  const Document document = parsed(before);
  const Result<Document> after = reparse_and_compare(document, splice(before, edits), edits, appended_rows);
  return after ? "" : after.error().reason.text();
}

TEST(Splice, AppliesEditsInAnyOrder) {
  EXPECT_EQ(splice("abcdef", {{{4, 5}, "EE"}, {{0, 1}, ""}, {{2, 2}, "-"}}), "b-cdEEf");
  EXPECT_EQ(splice("abc", {}), "abc");
  EXPECT_EQ(splice("abc", {{{3, 3}, "d"}}), "abcd");
  EXPECT_EQ(splice("abc", {{{1, 2}, "B"}, {{1, 1}, "_"}}), "a_Bc");
}

TEST(Reparse, ConfirmsChangedCells) {
  EXPECT_EQ(refusal(kText, {{range_of(kText, "2"), "**O**"}, {range_of(kText, "5"), "6"}}), "");
  EXPECT_EQ(refusal(kText, {}), "");
}

TEST(Reparse, ReturnsTheDocumentAsChanged) {
  const Document before = parsed(kText);
  const std::vector<Edit> edits = {{range_of(kText, "2"), "9"}};
  const Result<Document> after = reparse_and_compare(before, splice(kText, edits), edits, 0);
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(contents(*after, after->tables()[0].rows[0]), (Texts{"1", "9"}));
}

TEST(Reparse, ConfirmsFillingAnEmptyCell) {
  const std::size_t begin = range_of(kText, "||x|").begin + 1;
  EXPECT_EQ(refusal(kText, {{{begin, begin}, " 7 "}}), "");
}

TEST(Reparse, ConfirmsPaddingOfARawCell) { EXPECT_EQ(refusal(kText, {{range_of(kText, " 1 "), "   1"}}), ""); }

TEST(Reparse, RefusesAChangeThatMovesCells) {
  EXPECT_EQ(refusal(kText, {{range_of(kText, "2"), "2|3"}}), "edit_not_confirmed");
  EXPECT_EQ(refusal(kText, {{range_of(kText, "5"), "5\\"}}), "edit_not_confirmed");
}

TEST(Reparse, RefusesAChangeThatEndsTheTable) {
  const std::string text = lines_of({"a | b", "--|--", "1 | 2", "3 | 4"});
  EXPECT_EQ(refusal(text, {{range_of(text, "1"), "- 1"}}), "edit_not_confirmed");
  EXPECT_EQ(refusal(text, {{range_of(text, "1"), "# 1"}}), "edit_not_confirmed");
  EXPECT_EQ(refusal(text, {{range_of(text, "a"), ""}}), "edit_not_confirmed");
}

TEST(Reparse, RefusesBytesThatThePlanDoesNotName) {
  const Document before = parsed(kText);
  const std::vector<Edit> edits = {{range_of(kText, "2"), "9"}};
  std::string after = splice(kText, edits);
  after.back() = ' ';
  EXPECT_FALSE(reparse_and_compare(before, after, edits, 0).has_value());
  EXPECT_FALSE(reparse_and_compare(before, kText, edits, 0).has_value());
}

TEST(Reparse, RefusesEditsOutsideOfCells) {
  EXPECT_EQ(refusal(kText, {{range_of(kText, "text"), "prose"}}), "edit_not_confirmed");
  EXPECT_EQ(refusal(kText, {{range_of(kText, " 1 | 2 "), " 3 | 4 "}}), "edit_not_confirmed");
  EXPECT_EQ(refusal(kText, {{range_of(kText, "|---|---|"), "|:--|---|"}}), "edit_not_confirmed");
}

TEST(Reparse, RefusesEditsThatOverlapOrLeaveTheSource) {
  const Document before = parsed("|a|\n|-|\n|12|\n");
  EXPECT_FALSE(reparse_and_compare(before, "|a|\n|-|\n|xy|\n", {{{9, 11}, "x"}, {{10, 11}, "y"}}, 0).has_value());
  EXPECT_FALSE(reparse_and_compare(before, before.bytes(), {{{90, 91}, "x"}}, 0).has_value());
}

TEST(Reparse, RefusesTextThatCannotBeRead) {
  EXPECT_EQ(refusal(kText, {{range_of(kText, "2"), "\xFF"}}), "edit_not_confirmed");
  EXPECT_EQ(refusal(kText, {{range_of(kText, "2"), std::string(300, '|')}}), "edit_not_confirmed");
}

TEST(Reparse, RefusesToEditAnUnclearRow) {
  const std::string text = lines_of({"> p", "    > a | b", "> --|--", "> 1 | 2"});
  EXPECT_EQ(refusal(text, {{range_of(text, "1"), "3"}}), "");
  EXPECT_EQ(refusal(text, {{range_of(text, "b"), "c"}}), "edit_not_confirmed");
}

TEST(Reparse, RefusesAChangeThatMakesARowUnclear) {
  // cmark-gfm takes the vertical tab at the start of a line for text, which keeps the "_" from beginning emphasis.
  const std::string text = lines_of({"a | b", "--|--", "1 | 2"});
  EXPECT_EQ(refusal(text, {{range_of(text, "1"), "\v_:_-a"}}), "edit_not_confirmed");
  EXPECT_EQ(refusal(text, {{end_of(text, "1 | 2\n"), "\v_:_-a\n"}}, 1), "edit_not_confirmed");
}

TEST(Reparse, ConfirmsAppendedRows) {
  EXPECT_EQ(refusal(kText, {{end_of(kText, "||x|"), "\n| 3 | 4 |\n| 5 | 6 |"}}, 2), "");
  EXPECT_EQ(refusal(kText, {{end_of(kText, "||x|\n"), "| 3 | 4 |\n"}}, 1), "");
  EXPECT_EQ(refusal("|a|\n|-|", {{{7, 7}, "\n|1|"}}, 1), "");
  EXPECT_EQ(refusal("a|b\n-|-\n1|2", {{{11, 11}, "\n3|4"}}, 1), "");
  EXPECT_EQ(refusal(kText, {{range_of(kText, "2"), "9"}, {end_of(kText, "|5|"), "\n|6|"}}, 1), "");
}

TEST(Reparse, RefusesRowsThatDoNotBecomeTheAppendedOnes) {
  EXPECT_EQ(refusal(kText, {{end_of(kText, "||x|"), "\n| 3 | 4 |"}}, 2), "edit_not_confirmed");
  EXPECT_EQ(refusal(kText, {{end_of(kText, "||x|"), "\n| 3 | 4 |"}}, 0), "edit_not_confirmed");
  EXPECT_EQ(refusal(kText, {{end_of(kText, "text"), "\nmore"}}, 0), "edit_not_confirmed");
  EXPECT_EQ(refusal(kText, {{end_of(kText, "||x|"), "\n\n| 3 | 4 |"}}, 1), "edit_not_confirmed");
  EXPECT_EQ(refusal(kText, {{end_of(kText, "| 1 | 2 |"), "\n| 3 | 4 |"}}, 1), "edit_not_confirmed");
  EXPECT_EQ(refusal(kText, {{range_of(kText, "2"), "9"}}, 1), "edit_not_confirmed");
  EXPECT_EQ(refusal("text\n", {{{5, 5}, "more\n"}}, 1), "edit_not_confirmed");
}

TEST(Reparse, MessageNamesTheFileAndTheLine) {
  const Document before = parsed(kText);
  const std::vector<Edit> edits = {{range_of(kText, "2"), "2|3"}};
  const Result<Document> after = reparse_and_compare(before, splice(kText, edits), edits, 0);
  ASSERT_FALSE(after.has_value());
  EXPECT_EQ(after.error().code, Errc::kMalformed);
  EXPECT_NE(after.error().message.find("'R.md'"), std::string::npos) << after.error().message;
  EXPECT_NE(after.error().message.find("line 5"), std::string::npos) << after.error().message;
}

}  // namespace
}  // namespace smbatcher::test
