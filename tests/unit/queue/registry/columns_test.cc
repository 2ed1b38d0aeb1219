#include "tests/unit/queue/registry/support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;

const std::map<std::string, std::string> kMapped{{"domain", "Host"}, {"status", "State"}};

Error error_of(const std::string& text, const std::map<std::string, std::string>& columns = {}) {
  const auto registry = Registry::parse(text, "R.md", columns);
  EXPECT_FALSE(registry) << text;
  return registry ? Error{} : registry.error();
}

std::string message_of(const std::string& text, const std::map<std::string, std::string>& columns = {}) {
  const Error error = error_of(text, columns);
  EXPECT_EQ(error.reason.text(), "no_queue_table");
  return error.message;
}

TEST(Columns, AreComparedWithoutRegardToCaseInAnyScript) {
  const Registry registry = parsed("| ДОМЕН | СТАТУС | Batch |\n|-|-|-|\n| a.example | O | 1 |\n",
                                   {{"domain", "Домен"}, {"status", "статус"}});
  EXPECT_EQ(registry.sites().at(0).status, Status::kOpen);
}

TEST(Columns, MayBeReferenceLinks) {
  const Registry registry = parsed(
      "| [Domain][d] | [Status] | Batch |\n|-|-|-|\n| [a.example][a] | [O][] | 1 |\n"
      "\n[d]: /d\n[status]: /s\n[A]: https://a.example\n[o]: /o\n");
  ASSERT_EQ(registry.sites().size(), 1U);
  EXPECT_EQ(registry.sites()[0].domain, "a.example");
  EXPECT_FALSE(registry.sites()[0].damaged);
  const auto after = registry.with_changes({{0, Status::kImplementing, {}}}, {});
  ASSERT_TRUE(after);
  EXPECT_THAT(*after, HasSubstr("| [a.example][a] | i | 1 |"));
}

TEST(Columns, ThatAreThereTwiceAreRefused) {
  const Error error =
      error_of("# Sites\n\n| Domain | Status | Batch | STATUS |\n|-|-|-|-|\n| a.example | O | 1 | Q |\n");
  EXPECT_EQ(error.reason.text(), "ambiguous_columns");
  EXPECT_EQ(error.where, "R.md:3");
  EXPECT_EQ(error.message, "the table in 'R.md:3' has two columns called Status: give one of them another name");
}

TEST(Columns, OfTwoNamesTheFirstCountsAndThatIsSaid) {
  const Registry registry = parsed("| Domain | Status | Name | name |\n|-|-|-|-|\n| a.example | - | A | B |\n");
  EXPECT_EQ(registry.details(registry.sites().at(0)).name, "A");
  EXPECT_EQ(registry.remarks().at(0).message, "the table has two columns called Name: the first one counts");
}

TEST(NoQueueTable, SaysWhyAHeaderBeginsNoTable) {
  const std::string header = "| Domain | Batch | Status |\n";
  const std::string row = "| a.example | 1 | O |\n";
  EXPECT_EQ(
      message_of(header + row),
      "no table with the columns Domain and Status; line 1 looks like the header of one, but has no delimiter row "
      "such as |---|---| below it");
  EXPECT_THAT(message_of("\n" + header + "|---|---|\n" + row),
              HasSubstr("line 2 looks like the header of one, but has 3 cells, and its delimiter row has 2"));
  EXPECT_THAT(message_of("```\n" + header + "|---|---|---|\n" + row + "```\n"), HasSubstr("stands in a code block"));
  EXPECT_THAT(message_of("    " + header + "    |---|---|---|\n"), HasSubstr("is indented like a code block"));
  EXPECT_THAT(message_of("<!--\n" + header + "|---|---|---|\n" + row + "-->\n"), HasSubstr("stands in HTML"));
  EXPECT_EQ(error_of("\n" + header).where, "R.md:2");
}

TEST(NoQueueTable, NamesTheColumnsAsTheyAreMapped) {
  EXPECT_THAT(message_of("text\n", kMapped), HasSubstr("no table with the columns Host and State; add one: | Host |"));
  EXPECT_THAT(message_of("| Host | Batch |\n|-|-|\n", kMapped), HasSubstr("the table in line 1 has no State"));
  EXPECT_THAT(new_registry_text(kMapped), HasSubstr("| Host "));
  EXPECT_TRUE(parsed(new_registry_text(kMapped), kMapped).sites().empty());
}

TEST(Damages, NameCodePointsThatAreNotSeen) {
  const auto message = [](const std::string& status) {
    return parsed("| Domain | Batch | Status |\n|-|-|-|\n| a.example | 1 | " + status + " |\n").damages().at(0).message;
  };
  EXPECT_EQ(message("O\xE2\x80\x8B"), "'O\xE2\x80\x8B' (with U+200B) is none of - B d D O i I Q");
  EXPECT_EQ(message("\xD0\x9E"), "'\xD0\x9E' (with U+041E) is none of - B d D O i I Q");
  EXPECT_EQ(message("O\xC2\xA0"), "'O\xC2\xA0' (with U+00A0) is none of - B d D O i I Q");
  EXPECT_EQ(message("done"), "'done' is none of - B d D O i I Q");
  EXPECT_EQ(message(std::string(200, 'O')), "'" + std::string(60, 'O') + "…' is none of - B d D O i I Q");
}

TEST(Damages, AreListedUpToTwentyOfAKind) {
  std::string text = "| Domain | Batch | Status |\n|-|-|-|\n";
  for (int i = 0; i < 30; ++i) {
    text += "| s" + std::to_string(i) + ".example | 1 | x |\n| no host | 1 | O |\n";
  }
  const Registry registry = parsed(text);
  EXPECT_EQ(registry.damage_count(), 60U);
  ASSERT_EQ(registry.damages().size(), 42U);
  EXPECT_EQ(registry.damages().back().message, "10 more like these: check-registry --all lists them");
  const auto all = Registry::parse(text, "R.md", {}, true);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->damages().size(), 60U);
}

}  // namespace
}  // namespace smbatcher::test
