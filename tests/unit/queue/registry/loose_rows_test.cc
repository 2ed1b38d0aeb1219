#include "tests/unit/queue/registry/support.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kQueueHead = "| Domain | Batch | Status |\n|---|---|---|\n";
const std::string kFirst = kQueueHead + "| a.example | 1 | O |\n";
const std::string kSecond = "| b.example | 2 | O |\n";

std::vector<std::string> codes(const std::string& text) {
  std::vector<std::string> found;
  const Registry registry = parsed(text);
  for (const Warning& damage : registry.damages()) {
    found.push_back(std::to_string(damage.line) + " " + damage.code);
  }
  return found;
}

TEST(LooseRows, AreDamageWhateverCutsThemOff) {
  EXPECT_THAT(codes(kFirst + "\n" + kSecond), ElementsAre("5 row_outside_table"));
  EXPECT_THAT(codes(kFirst + "## More\n" + kSecond), ElementsAre("5 row_outside_table"));
  EXPECT_THAT(codes(kFirst + "<!-- more -->\n" + kSecond), ElementsAre("5 row_outside_table"));
  EXPECT_THAT(codes(kFirst + "<div>\n" + kSecond + "</div>\n"), ElementsAre("5 row_outside_table"));
  EXPECT_THAT(codes(kFirst + "> quoted\n" + kSecond), ElementsAre("5 row_outside_table"));
  EXPECT_THAT(codes(kFirst + "---\n" + kSecond), ElementsAre("5 row_outside_table"));
  EXPECT_THAT(codes(kFirst + "- item\n\n" + kSecond), ElementsAre("6 row_outside_table"));
  EXPECT_THAT(codes(kFirst + "\n    " + kSecond), ElementsAre("5 row_outside_table")) << "it slipped to the right";
  EXPECT_THAT(codes(kFirst + "\n    " + kSecond + "    | c.example | 2 | O |\n"),
              ElementsAre("5 row_outside_table", "6 row_outside_table"));
  EXPECT_THAT(codes(kFirst + "```\n" + kSecond), ElementsAre("5 row_outside_table")) << "a fence without an end";
  EXPECT_THAT(codes(kFirst + "<!-- no end\n" + kSecond), ElementsAre("5 row_outside_table"));
  EXPECT_THAT(codes(kFirst + "\r\n" + "| b.example | 2 | `O` |\r\n"), ElementsAre("5 row_outside_table"));
  EXPECT_THAT(codes(kSecond + "\n" + kFirst), ElementsAre("1 row_outside_table")) << "above the first table";
  EXPECT_THAT(codes(kFirst + "\nb.example | 2 | O\n"), ElementsAre("5 row_outside_table")) << "without outer pipes";
  EXPECT_THAT(codes("> " + kQueueHead.substr(0, 28) + "> |---|---|---|\n> | a.example | 1 | O |\n>\n> " + kSecond),
              ElementsAre("5 row_outside_table"));
}

TEST(LooseRows, AreFoundBelowAHeaderWithoutItsDelimiterRow) {
  const std::string text = kFirst + "\n| Status | Domain | Batch |\n| O | b.example | 2 |\n";
  EXPECT_THAT(codes(text), ElementsAre("6 row_outside_table"));
  EXPECT_EQ(parsed(text).find("b.example")->batch, "2");
  EXPECT_THAT(codes(kFirst + "\n" + kSecond + "|---|---|---|\n| c.example | 3 | O |\n"),
              ElementsAre("5 row_outside_table", "7 row_outside_table"))
      << "a table whose header is a row";
}

TEST(LooseRows, AreNoneInProseCodeAndOtherTables) {
  EXPECT_THAT(codes(kFirst + "\nUse a|b or c | d.\n\n| x | y | z |\n"), IsEmpty());
  EXPECT_THAT(codes(kFirst + "\n```\n" + kSecond + "```\n"), IsEmpty());
  EXPECT_THAT(codes(kFirst + "\nLike this:\n\n    " + kSecond), IsEmpty());
  EXPECT_THAT(codes(kFirst + "\n<!--\n" + kSecond + "-->\n"), IsEmpty()) << "taken out on purpose";
  EXPECT_THAT(codes(kFirst + "\n> For example:\n> " + kSecond), IsEmpty());
  EXPECT_THAT(codes(kFirst + "\n| Host | Batch | Grade |\n|---|---|---|\n" + kSecond), IsEmpty()) << "another table";
  EXPECT_THAT(codes(kFirst + "\nword | 2 | -\n"), IsEmpty()) << "a word may be a host name";
}

TEST(LooseRows, HoldBackTheirBatchAndCanBeAskedFor) {
  const Registry registry = parsed(kFirst + "\n| b.example | 1 | i |\n| c.example | 2 | I |\n");
  EXPECT_TRUE(registry.holds_damage("1"));
  EXPECT_TRUE(registry.holds_damage("2"));
  ASSERT_NE(registry.find("b.example"), nullptr);
  EXPECT_TRUE(registry.find("b.example")->damaged);
  EXPECT_FALSE(registry.find("a.example")->damaged);
  EXPECT_EQ(registry.text_of(*registry.find("c.example"), "batch"), "2");
  EXPECT_EQ(registry.damages()[0].message,
            "the row of 'b.example' is in no table, so nobody is given it: put it directly below line 3, without a "
            "blank line, heading or comment between them; an example goes into a code block");
}

TEST(LooseRows, OfADomainThatIsInATableAreADuplicateToo) {
  EXPECT_THAT(codes(kFirst + "\n| a.example | 1 | I |\n"),
              ElementsAre("3 duplicate_domain", "5 row_outside_table", "5 duplicate_domain"));
}

const std::string kConflict =
    kQueueHead +
    "<<<<<<< HEAD\n| a.example | 1 | i |\n||||||| base\n| a.example | 1 | O |\n=======\n| a.example | 1 | I |\n"
    ">>>>>>> x\n";

TEST(ConflictMarkers, AreDamageWithTheirLinesAndTheWayOut) {
  const Registry registry = parsed(kConflict + "| b.example | 2 | O |\n\n" + kQueueHead + "| c.example | 3 | O |\n");
  ASSERT_FALSE(registry.damages().empty());
  EXPECT_EQ(registry.damages()[0].line, 3U);
  EXPECT_EQ(registry.damages()[0].message,
            "conflict markers in lines 3, 5, 7 and 9: keep the rows that are right and delete the markers, or undo "
            "what left them (git merge --abort, git rebase --abort)");
  EXPECT_THAT(codes(kConflict + "| b.example | 2 | O |\n"),
              ElementsAre("3 registry_conflict", "4 registry_conflict", "6 registry_conflict", "8 registry_conflict",
                          "10 row_outside_table"));
  EXPECT_TRUE(registry.holds_damage("1"));
  EXPECT_TRUE(registry.holds_damage("2"));
  EXPECT_FALSE(registry.holds_damage("3"));
}

TEST(ConflictMarkers, AroundAWholeTableNameItsRows) {
  EXPECT_THAT(codes("<<<<<<< HEAD\n" + kFirst + "=======\n" + kQueueHead + "| a.example | 1 | I |\n>>>>>>> x\n"),
              ElementsAre("1 registry_conflict", "4 registry_conflict", "8 registry_conflict"));
}

TEST(ConflictMarkers, LetNoSiteBeAdded) {
  EXPECT_EQ(with_sites(kConflict, {{"n.example", "", "", ""}}).substr(0, 17), "registry_conflict");
  EXPECT_EQ(with_sites(kFirst + "\n```\n<<<<<<< HEAD\n```\n", {{"n.example", "", "", ""}}).find("registry_conflict"),
            std::string::npos);
}

}  // namespace
}  // namespace smbatcher::test
