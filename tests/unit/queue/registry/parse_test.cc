#include "tests/unit/queue/registry/support.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kHead = "| Domain | Batch | Status |\n|---|---|---|\n";

std::vector<std::string> damage_codes(const std::string& text) {
  std::vector<std::string> codes;
  const Registry registry = parsed(text);
  for (const Warning& damage : registry.damages()) {
    codes.push_back(std::to_string(damage.line) + " " + damage.code);
  }
  return codes;
}

TEST(Parse, ReadsEveryTableWithDomainAndStatus) {
  const Registry registry = parsed(
      "# Sites\n\nProse.\n\n| a | b |\n|-|-|\n| 1 | 2 |\n\n| STATUS | domain | Name | Theme | Description | Notes |\n"
      "|-|-|-|-|-|-|\n| `O` | [Bakery.example](https://bakery.example) | B \\| C | warm | d | n |\n\n"
      "- list\n\n  | Status | Domain | Batch | Priority |\n  |-|-|-|-|\n  | **i** | b.example | 003 | -1.5 |\n"
      "  | ~~-~~ | c.example | | high |\n  | | d.example | - | |\n");
  ASSERT_EQ(registry.sites().size(), 4U);
  const Site& first = registry.sites()[0];
  EXPECT_EQ(first.domain, "bakery.example");
  EXPECT_EQ(registry.text_of(first, "name"), "B | C");
  EXPECT_EQ(registry.text_of(first, "theme"), "warm");
  EXPECT_EQ(registry.details(first).description, "d");
  EXPECT_EQ(first.line, 11U);
  EXPECT_TRUE(first.damaged) << "an O without a batch";
  EXPECT_EQ(registry.sites()[1].status, Status::kImplementing);
  EXPECT_EQ(registry.sites()[1].priority, -1.5);
  EXPECT_EQ(registry.sites()[2].status, Status::kRegistered);
  EXPECT_EQ(registry.sites()[2].priority, 1);
  EXPECT_EQ(registry.sites()[3].status, Status::kRegistered);
  EXPECT_EQ(registry.sites()[3].batch, "");
  EXPECT_EQ(registry.find("C.EXAMPLE"), &registry.sites()[2]);
  EXPECT_EQ(registry.find("x.example"), nullptr);
}

TEST(Parse, PrioritiesAreReadAsOtherTrackersWriteThem) {
  const Registry registry = parsed(
      "| Domain | Batch | Status | Priority |\n|---|---|---|---|\n| a.example | 1 | O | P0 |\n| b.example | 1 | O | p9 "
      "|\n"
      "| c.example | 1 | O | HIGH |\n| d.example | 1 | O | `normal` |\n| e.example | 1 | O | low |\n"
      "| f.example | 1 | O | +2.5 |\n| g.example | 1 | O | - |\n| h.example | 1 | O | urgent |\n"
      "| i.example | 1 | O | P10 |\n| j.example | 1 | O | nan |\n| k\\.example | 1 | O | 1 2 |\n");
  std::vector<double> values;
  for (const Site& site : registry.sites()) {
    values.push_back(site.priority);
  }
  const double none = Site::kNoPriority;
  EXPECT_THAT(values, ElementsAre(0, 9, 1, 5, 9, 2.5, none, none, none, none, none));
  std::vector<std::string> told;
  for (const Warning& remark : registry.remarks()) {
    told.push_back(std::to_string(remark.line) + " " + remark.code);
  }
  EXPECT_THAT(told,
              ElementsAre("10 unknown_priority", "11 unknown_priority", "12 unknown_priority", "13 unknown_priority"));
  EXPECT_EQ(registry.remarks()[0].message,
            "'urgent' is not a priority, so it counts as none: write a number, P0 to P9, high, normal or low");
  EXPECT_THAT(registry.damages(), IsEmpty());
}

TEST(Parse, ColumnNamesCanBeMapped) {
  const Registry registry =
      parsed("| Host | State | Batch |\n|-|-|-|\n| a.example | O | 1 |\n", {{"domain", "Host"}, {"status", "STATE"}});
  EXPECT_EQ(registry.sites().at(0).status, Status::kOpen);
}

TEST(Parse, WithoutAQueueTableIsAnError) {
  EXPECT_EQ(Registry::parse("# Sites\n\n| Domain | Name |\n|-|-|\n", "r", {}).error().reason.text(), "no_queue_table");
  EXPECT_EQ(Registry::parse("", "r", {}).error().reason.text(), "no_queue_table");
}

TEST(Parse, DamagedRowsAreListedWithTheirLine) {
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | x |\n"), ElementsAre("3 unknown_status"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | OO |\n"), ElementsAre("3 unknown_status"));
  EXPECT_THAT(damage_codes(kHead + "| a_b | 1 | O |\n"), ElementsAre("3 invalid_domain"));
  EXPECT_THAT(damage_codes(kHead + "| | 1 | O |\n"), ElementsAre("3 invalid_domain"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 |\n"), ElementsAre("3 missing_cells"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | .1 | O |\n"), ElementsAre("3 invalid_batch"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | - |\n"), ElementsAre("3 status_without_batch"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | | B |\n"), ElementsAre("3 batch_missing"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | O |\n| b.example | 2 | O |\n| A.example | 3 | O |\n"),
              ElementsAre("3 duplicate_domain", "5 duplicate_domain"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | O |\n| | | |\n| b.example | | |\n"), IsEmpty());
}

TEST(Parse, TextBehindTheLastColumnIsDamage) {
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | O | lost |\n"), ElementsAre("3 surplus_cells"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | O | | lost |\n"), ElementsAre("3 surplus_cells"));
  EXPECT_THAT(damage_codes(kHead + "a.example | 1 | O | lost\n"), ElementsAre("3 surplus_cells"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | `O` | *lost* |\n"), ElementsAre("3 surplus_cells"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | x | lost |\n"), ElementsAre("3 surplus_cells"));
  EXPECT_THAT(damage_codes(kHead + "| a.example | 1 | O | |\n| b.example | 1 | O |  |  |\n"), IsEmpty())
      << "nobody wrote anything there";
  EXPECT_THAT(damage_codes("> | Domain | Batch | Status |\n> |---|---|---|\n> | a.example | 1 | O | lost |\n"),
              ElementsAre("3 surplus_cells"));
}

TEST(Parse, APipeTooManyHoldsBackEveryBatchThatItMayMean) {
  const Registry registry = parsed(
      "| Domain | Description | Batch | Status |\n|---|---|---|---|\n| a.example | Vitamins A|O | 003 | Q |\n"
      "| b.example | x | 003 | O |\n| c.example | x | 004 | O |\n");
  ASSERT_EQ(registry.damages().size(), 1U);
  EXPECT_EQ(registry.damages()[0].message,
            "the row has 5 cells under 4 columns, and 'Q' is in none: write a pipe within a text as \\|");
  EXPECT_TRUE(registry.holds_damage("003"));
  EXPECT_FALSE(registry.holds_damage("004"));
}

TEST(Parse, DamageHoldsBackTheBatchesItTouchesOnly) {
  const Registry registry = parsed(kHead +
                                   "| a.example | 1 | x |\n| b.example | 2 | O |\n| c.example | 3 | O |\n"
                                   "| c.example | 4 | O |\n| d.example | 5 | - |\n");
  for (const char* batch : {"1", "3", "4", "5"}) {
    EXPECT_TRUE(registry.holds_damage(batch)) << batch;
  }
  EXPECT_FALSE(registry.holds_damage("2"));
  EXPECT_FALSE(registry.find("b.example")->damaged);
  EXPECT_TRUE(registry.find("c.example")->damaged);
}

TEST(Parse, BatchesAreGroupedInOrderAndOneValueTwiceIsRemarked) {
  const Registry registry = parsed(kHead +
                                   "| a.example | x | O |\n| b.example | 10 | O |\n| c.example | 9 | O |\n"
                                   "| d.example | 009 | O |\n| e.example | 9 | I |\n");
  std::vector<std::string> ids;
  for (const auto& [id, sites] : registry.batches()) {
    ids.push_back(id);
  }
  EXPECT_THAT(ids, ElementsAre("009", "9", "10", "x"));
  EXPECT_THAT(registry.batches().sites_of("9"), ElementsAre(2U, 4U));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(registry.batches().index_of(ids[i]), i) << "not where its number says: " << ids[i];
  }
  for (const char* absent : {"", "8", "09", "0010", "11", "+9", "18446744073709551616"}) {
    EXPECT_FALSE(registry.batches().contains(absent)) << absent;
  }
  ASSERT_EQ(registry.remarks().size(), 1U);
  EXPECT_EQ(registry.remarks()[0].code, "ambiguous_batch");
  EXPECT_THAT(registry.damages(), IsEmpty());
}

TEST(ResolveBatch, TakesTheExactTextElseTheSameValue) {
  const Registry registry = parsed(kHead + "| a.example | 003 | O |\n| b.example | 4 | O |\n| c.example | 04 | O |\n");
  EXPECT_EQ(registry.resolve_batch("3"), "003");
  EXPECT_EQ(registry.resolve_batch("003"), "003");
  EXPECT_EQ(registry.resolve_batch("4"), "4");
  EXPECT_EQ(registry.resolve_batch("04"), "04");
  EXPECT_EQ(registry.resolve_batch("5"), std::nullopt);
  EXPECT_EQ(registry.resolve_batch(""), std::nullopt);
}

TEST(ContentHash, NamesItsAlgorithmAndTheBytes) {
  EXPECT_EQ(content_hash(""), "xxh3:99aa06d3014798d86001c324468d497f");
  EXPECT_NE(content_hash("a"), content_hash("b"));
}

TEST(NewRegistryText, IsAnEmptyQueue) {
  const Registry registry = parsed(new_registry_text({}));
  EXPECT_THAT(registry.sites(), IsEmpty());
  const auto text = registry.with_changes({}, {{"a.example", "A", "d", "t"}});
  const Registry again = parsed(*text);
  EXPECT_EQ(again.text_of(again.sites().at(0), "theme"), "t");
}

}  // namespace
}  // namespace smbatcher::test
