#include "tests/unit/queue/registry/support.h"

namespace smbatcher::test {
namespace {

TEST(StatusChange, KeepsTheCellsDecoration) {
  const std::string head = "| Domain | Batch | Status |\n|-|-|-|\n| a.example | 1 |";
  for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
           {" O |\n", " i |\n"},
           {" `O` |\n", " `i` |\n"},
           {" **O** |\n", " **i** |\n"},
           {" ~~O~~ |\n", " ~~i~~ |\n"},
           {"O|\n", "i|\n"},
           {"   O   |\n", "   i   |\n"},
           {" [O](https://O.example) |\n", " [i](https://O.example) |\n"},
           {" O", " i"},
           {" O | more |\r\n", " i | more |\r\n"},
       }) {
    EXPECT_EQ(with_status(head + before, "a.example", Status::kImplementing), head + after);
  }
}

TEST(StatusChange, WritesIntoEmptyCells) {
  const auto batched = [](const std::string& row) {
    const Registry registry = parsed("| Domain | Batch | Status |\n|-|-|-|\n" + row);
    const auto after = registry.with_changes({{0, Status::kBatched, "001"}}, {});
    return after ? after->substr(after->rfind("| a")) : after.error().reason.text();
  };
  EXPECT_EQ(batched("| a.example |     |        |\n"), "| a.example | 001 | B      |\n");
  EXPECT_EQ(batched("| a.example | - | - |\n"), "| a.example | 001 | B |\n");
  EXPECT_EQ(batched("| a.example |||\n"), "| a.example | 001 |B|\n");
  EXPECT_EQ(batched("| a.example | | |\n"), "| a.example | 001 | B|\n");
}

TEST(StatusChange, LeavingABatchClearsTheCellInItsWidth) {
  const Registry registry = parsed("| Domain | Batch | Status |\n|-|-|-|\n| a.example | 001   | B |\n");
  EXPECT_EQ(*registry.with_changes({{0, Status::kRegistered, ""}}, {}),
            "| Domain | Batch | Status |\n|-|-|-|\n| a.example |       | - |\n");
}

TEST(StatusChange, TableWithoutABatchColumnIsNamed) {
  const Registry registry = parsed("| Domain | Status |\n|-|-|\n| a.example | - |\n");
  const auto after = registry.with_changes({{0, Status::kBatched, "001"}}, {});
  EXPECT_EQ(after.error().reason.text(), "no_batch_column");
  EXPECT_EQ(after.error().where, "REGISTRY.md:3");
}

TEST(StatusChange, LeavesEverythingElseAsItIs) {
  const std::string text =
      "\xEF\xBB\xBF# Sites  \r\n\r\ntext \\| `x` \r\n\r\n|Domain|Status|Batch|Extra |\r\n|:--|--:|-|:-:|\r\n"
      "|a.example|O|1| \\| x |\r\n|b.example|`O`|1|y|\r\n\r\ntail without newline";
  std::string expected = text;
  expected.replace(expected.find("|`O`|") + 2, 1, "i");
  EXPECT_EQ(with_status(text, "b.example", Status::kImplementing), expected);
}

TEST(Append, NewRowsTakeTheShapeOfTheLastQueueTable) {
  const NewSite site{"new.example", "N | N", "d", "t"};
  const auto appended = [&](const std::string& text) {
    const std::string after = with_sites(text, {site});
    const Registry registry = parsed(after);
    const Site* added = registry.find("new.example");
    EXPECT_NE(added, nullptr) << after;
    if (added != nullptr) {
      EXPECT_FALSE(added->damaged);
      EXPECT_EQ(added->status, Status::kRegistered);
    }
    return after;
  };
  const std::string table =
      "| Status | Domain      | Name  |\n|--------|-------------|-------|\n| -      | a.example   | A     |\n";
  const std::string row = "| -      | new.example | N \\| N |\n";
  EXPECT_EQ(appended(table), table + row);
  EXPECT_EQ(appended(table + "\nprose\n"), table + row + "\nprose\n");
  EXPECT_EQ(appended("| x |\n|-|\n\n" + table), "| x |\n|-|\n\n" + table + row);
  EXPECT_EQ(appended("Domain|Status\n-|-\na.example|-\n"), "Domain|Status\n-|-\na.example|-\n new.example | - \n");
  EXPECT_EQ(appended("| Domain | Status |\n|-|-|"), "| Domain | Status |\n|-|-|\n| new.example | -      |");
  EXPECT_EQ(appended("| Domain | Status |\n|-|-|\n| a.example | - |"),
            "| Domain | Status |\n|-|-|\n| a.example | - |\n| new.example | - |");
  EXPECT_EQ(appended("| Domain | Status |\r\n|-|-|\r\n| a.example | - |\r\n"),
            "| Domain | Status |\r\n|-|-|\r\n| a.example | - |\r\n| new.example | - |\r\n");
  EXPECT_EQ(appended("> | Domain | Status |\n> |-|-|\n> | a.example | - |\n"),
            "> | Domain | Status |\n> |-|-|\n> | a.example | - |\n> | new.example | - |\n");
  EXPECT_EQ(appended("- | Domain | Status |\n  |-|-|\n"),
            "- | Domain | Status |\n  |-|-|\n  | new.example | -      |\n");
  EXPECT_EQ(appended("1. text\n\n   | Domain | Status |\n   |-|-|\n   | a.example | - |\n"),
            "1. text\n\n   | Domain | Status |\n   |-|-|\n   | a.example | - |\n   | new.example | - |\n");
  EXPECT_EQ(appended("| Domain | Mine | Status |\n|-|-|-|\n| a.example | x | - | surplus |\n"),
            "| Domain | Mine | Status |\n|-|-|-|\n| a.example | x | - | surplus |\n| new.example |   | - |\n");
}

TEST(Append, SeveralRowsAndAChangeTogether) {
  const Registry registry = parsed("| Domain | Batch | Status |\n|-|-|-|\n| a.example | 1 | O |\n");
  const auto after = registry.with_changes({{0, Status::kImplementing, std::nullopt}},
                                           {{"b.example", "", "", ""}, {"c.example", "", "", ""}});
  EXPECT_EQ(
      *after,
      "| Domain | Batch | Status |\n|-|-|-|\n| a.example | 1 | i |\n| b.example |   | - |\n| c.example |   | - |\n");
}

TEST(Append, TextOfPeopleCannotBreakTheTable) {
  for (const std::string& name : {std::string("a|b"), std::string("a\nb"), std::string("a\\"), std::string("`|`"),
                                  std::string("\\|"), std::string("| - | x")}) {
    const std::string after = with_sites("| Domain | Name | Batch | Status |\n|-|-|-|-|\n| a.example | A | 1 | O |\n",
                                         {{"b.example", name, "", ""}});
    const Registry registry = parsed(after);
    ASSERT_EQ(registry.sites().size(), 2U) << after;
    EXPECT_TRUE(registry.damages().empty()) << after;
  }
}

TEST(Append, AlignsByTheWidthOnAScreen) {
  const std::string head = "| Domain    | Name     | Batch | Status |\n|-----------|----------|-------|--------|\n";
  EXPECT_EQ(with_sites(head, {{"a.example", "K\u00E4se", "", ""}, {"b.example", "\u65E5\u672C\u8A9E", "", ""}}),
            head + "| a.example | K\u00E4se     |       | -      |\n" +
                "| b.example | \u65E5\u672C\u8A9E   |       | -      |\n");
  const std::string wide = head + "| a.example | \u65E5\u672C\u8A9E   | 1     | O      |\n";
  EXPECT_EQ(with_sites(wide, {{"b.example", "x", "", ""}}), wide + "| b.example | x        |       | -      |\n")
      << "as wide as the row above";
}

}  // namespace
}  // namespace smbatcher::test
