#include "tests/unit/queue/document/support.h"

namespace smbatcher::test {
namespace {

std::string document(std::size_t count) {
  std::string text = "| Domain | Status |\n|---|---|\n";
  for (std::size_t i = 0; i < count; ++i) {
    text += "| site-" + std::to_string(i) + ".example | O |\n";
  }
  return text + "\nend\n";
}

/// "" when confirm_edits() lets the edits through, else the reason; it must say the same as the parse of everything.
std::string verdict(const Document& before, const std::vector<Edit>& edits) {
  const auto confirmed = confirm_edits(before, edits, 0);
  const std::string after = splice(before.bytes(), edits);
  const auto parsed_again = reparse_and_compare(before, after, edits, 0);
  EXPECT_EQ(confirmed.has_value(), parsed_again.has_value()) << after;
  if (!confirmed) {
    return confirmed.error().reason.text();
  }
  EXPECT_EQ(confirmed->str(), after);
  std::string pieces;
  for (const std::string_view piece : confirmed->pieces()) {
    pieces += piece;
  }
  EXPECT_EQ(pieces, after);
  return "";
}

TEST(ConfirmEdits, SaysTheSameAsTheFullParse) {
  const Document before = parsed(document(20));
  const TableRow row = before.tables()[0].rows[10];
  const ByteRange status = row.cells[1].content;
  const ByteRange domain = row.cells[0].content;
  EXPECT_EQ(verdict(before, {{status, "i"}}), "");
  EXPECT_EQ(verdict(before, {{status, "i"}, {domain, "other.example"}}), "");
  EXPECT_EQ(verdict(before, {{status, "`i`"}}), "");
  EXPECT_EQ(verdict(before, {{status, ""}}), "");
  EXPECT_EQ(verdict(before, {{status, "a | b"}}), "edit_not_confirmed");
  EXPECT_EQ(verdict(before, {{status, "\\"}}), "");
  EXPECT_EQ(verdict(before, {{{status.begin, row.bytes.end}, "i"}}), "edit_not_confirmed");
  EXPECT_EQ(verdict(before, {{{row.bytes.begin, row.bytes.begin + 1}, "x"}}), "edit_not_confirmed");
  EXPECT_EQ(verdict(before, {{status, "i\n"}}), "edit_not_confirmed");
  EXPECT_EQ(verdict(before, {{status, "-->"}}), "");
  EXPECT_EQ(verdict(before, {{{before.bytes().size() - 4, before.bytes().size() - 1}, "fin"}}), "edit_not_confirmed");
}

TEST(ConfirmEdits, RefusesWhatOverlaps) {
  const Document before = parsed(document(20));
  const ByteRange status = before.tables()[0].rows[3].cells[1].content;
  const auto refused = confirm_edits(before, {{status, "i"}, {status, "I"}}, 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason.text(), "edit_not_confirmed");
}

TEST(ConfirmEdits, KnowsWhenNothingChanges) {
  const Document before = parsed(document(20));
  const ByteRange status = before.tables()[0].rows[3].cells[1].content;
  EXPECT_TRUE(confirm_edits(before, {{status, "O"}}, 0)->is_unchanged());
  EXPECT_FALSE(confirm_edits(before, {{status, "i"}}, 0)->is_unchanged());
}

}  // namespace
}  // namespace smbatcher::test
