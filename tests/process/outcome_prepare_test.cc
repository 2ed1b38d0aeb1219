#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

constexpr const char* kBakery = "bakery.example:Bakery:Family bakery:warm";
constexpr const char* kNoSites =
    "ERROR:no_sites:name at least one site: --sites \"domain:Name:Description:Theme\", or --file\n";

TEST(PrepareRegister, CreatesTheRegistry) {
  const Sandbox sandbox;
  expect_exactly(sandbox, "prepare-register", {"--sites", kBakery}, 0, "OK:registered:1\n");
  EXPECT_EQ(sandbox.status_of("bakery.example"), "-");
  EXPECT_TRUE(sandbox.dir().exists(".smbatcher/.gitignore"));
  expect_exactly(sandbox, "prepare-batch", {}, 0, "OK:batch_created:001\n");
  EXPECT_EQ(claim_for(sandbox, "a1", {"--phase", "design"}), "1") << "the first token of a registry that we created";
}

TEST(PrepareRegister, CreatesTheRegistryWithTheNamesThatAreMapped) {
  const Sandbox sandbox;
  sandbox.dir().write(".smbatcher/config.yml", "columns: {domain: Host, status: State}\n");
  expect_exactly(sandbox, "prepare-register", {"--sites", kBakery}, 0, "OK:registered:1\n");
  EXPECT_NE(sandbox.registry().find("| Host "), std::string::npos) << sandbox.registry();
  expect_exactly(sandbox, "prepare-batch", {}, 0, "OK:batch_created:001\n");
}

TEST(PrepareRegister, AddsNoRowToAFootnote) {
  const std::string above = "Words[^1].\n\n| Domain | Batch | Status |\n|---|---|---|\n| a.example | 1 | O |\n";
  const Sandbox sandbox(above + "[^1]: Note.\n");
  expect_exactly(sandbox, "prepare-register", {"--sites", "n.example:::"}, 0, "OK:registered:1\n");
  EXPECT_TRUE(sandbox.registry().starts_with(above + "| n.example |")) << sandbox.registry();
  EXPECT_TRUE(sandbox.registry().ends_with("|\n[^1]: Note.\n")) << sandbox.registry();
}

TEST(PrepareRegister, AddsRowsToTheRegistryThatIsThere) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  const std::string before = sandbox.registry();
  expect_exactly(sandbox, "prepare-register", {"--sites", "bakery.example:::", "--sites", "garage.example:::"}, 0,
                 "OK:registered:2\n");
  EXPECT_TRUE(sandbox.registry().starts_with(before)) << sandbox.registry();
  EXPECT_EQ(sandbox.status_of("bakery.example") + sandbox.status_of("garage.example"), "--");
}

TEST(PrepareRegister, AddsNoneWhenOneIsThere) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "O"}});
  expect_untouched(sandbox, "prepare-register",
                   {"--sites", "a.example:A:x:y", "--sites", "new.example:N:x:y", "--sites", "B.example:B:x:y"}, 1,
                   "FAIL:already_registered:a.example, b.example");
  const Json answer = ask(sandbox, "prepare-register", {"--sites", "a.example:A:x:y"});
  EXPECT_EQ(text_of(answer, "reason") + member(answer, "sites"), R"(already_registered["a.example"])");
}

TEST(PrepareRegister, RefusesSitesThatAreNone) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  expect_exactly(sandbox, "prepare-register", {}, 2, kNoSites);
  expect_untouched(sandbox, "prepare-register", {"--sites", "no host:X:x:y"}, 2, "ERROR:invalid_domain");
  expect_untouched(sandbox, "prepare-register", {"--sites", "../../etc:X:x:y"}, 2, "ERROR:invalid_domain");
  expect_untouched(sandbox, "prepare-register", {"--sites", std::string(300, 'a') + ":X:x:y"}, 2,
                   "ERROR:invalid_domain");
  expect_untouched(sandbox, "prepare-register", {"--sites", "n.example:N:x:y", "--sites", "n.example:N:x:y"}, 2,
                   "ERROR:duplicate_domain:'n.example' is named twice");
  expect_untouched(sandbox, "prepare-register", {"--sites", "n.example:N"}, 2,
                   "ERROR:invalid_argument:'n.example:N' has 2 fields, not 4");
  expect_untouched(sandbox, "prepare-register", {"--file", "absent.csv"}, 2, "ERROR:not_found");
}

TEST(PrepareRegister, ReadsListsByTheirEnding) {
  const Sandbox sandbox;
  sandbox.dir().write("list.csv", "domain,name,description,theme\na.example,A,\"one, two\",warm\n");
  sandbox.dir().write("list.yaml", "- domain: b.example\n  name: B\n");
  sandbox.dir().write("list.json", R"([{"domain":"c.example","name":"C"}])");
  sandbox.dir().write("list.txt", "d.example");
  sandbox.dir().write("empty.csv", "domain,name\n");
  expect_exactly(sandbox, "prepare-register", {"--file", "list.csv", "--file", "list.yaml", "--file", "list.json"}, 0,
                 "OK:registered:3\n");
  expect_error(sandbox.run("prepare-register", {"--file", "list.txt"}), "ERROR:invalid_argument");
  expect_error(sandbox.run("prepare-register", {"--file", "empty.csv"}), "ERROR:no_sites");
}

TEST(PrepareRegister, WarnsOfTextsThatTheTableHasNoColumnFor) {
  const Sandbox sandbox("| Domain | Name | Batch | Status |\n|---|---|---|---|\n| a.example | A | 003 | O |\n");
  expect_exactly(sandbox, "prepare-register", {"--sites", "b.example:B::"}, 0, "OK:registered:1\n");
  const Json answer = ask(sandbox, "prepare-register", {"--sites", kBakery});
  EXPECT_EQ(text_of(answer, "result"), "registered");
  EXPECT_EQ(text_of(item(answer, "warnings", 0), "code"), "column_missing");
  EXPECT_NE(text_of(item(answer, "warnings", 0), "message").find("no column Description, Theme:"), std::string::npos);
  EXPECT_EQ(sandbox.status_of("bakery.example"), "-");
}

TEST(PrepareRegister, CreatesNothingWhenItRefusesOrOnlyShows) {
  const Sandbox sandbox;
  expect_untouched(sandbox, "prepare-register", {}, 2, "ERROR:no_sites");
  expect_untouched(sandbox, "prepare-register", {"--sites", "no host:a:b:c"}, 2, "ERROR:invalid_domain");
  expect_untouched(sandbox, "prepare-register", {"--sites", kBakery, "--dry-run"}, 0, "OK:dry_run");
  expect_exactly(sandbox, "prepare-register", {"--sites", kBakery, "--dry-run"}, 0,
                 "OK:dry_run\nbakery.example (new) -> -\n");
}

TEST(PrepareBatch, GroupsRegisteredSites) {
  const Sandbox sandbox(
      {{"a.example", "007", "O"}, {"b.example", "", "-"}, {"c.example", "", "-"}, {"d.example", "", "-"}});
  expect_exactly(sandbox, "prepare-batch", {"--size", "2"}, 0, "OK:batch_created:008, 009\n");
  EXPECT_EQ(sandbox.status_of("b.example") + sandbox.status_of("c.example") + sandbox.status_of("d.example"), "BBB");
  EXPECT_EQ(sandbox.dir().list(".smbatcher/batches"), (std::vector<std::string>{"batch-008.md", "batch-009.md"}));
  EXPECT_NE(sandbox.dir().read(".smbatcher/batches/batch-008.md").find("## b.example"), std::string::npos);
  expect_exactly(sandbox, "prepare-batch", {}, 1,
                 "FAIL:no_eligible_sites\nno site is at '-': smbatcher prepare-register adds some\n");
}

TEST(PrepareBatch, TakesJustTheSitesNamed) {
  const Sandbox sandbox({{"a.example", "", "-"}, {"b.example", "", "-"}, {"o.example", "001", "O"}});
  const Json answer = ask(sandbox, "prepare-batch", {"b.example"});
  EXPECT_EQ(member(answer, "batches") + member(answer, "sites"), R"(["002"]["b.example"])");
  expect_untouched(sandbox, "prepare-batch", {"a.example", "o.example"}, 1, "FAIL:invalid_transition:o.example O -> B");
  expect_untouched(sandbox, "prepare-batch", {"x.example"}, 2, "ERROR:domain_not_found");
  expect_exactly(sandbox, "prepare-batch", {"--size", "0"}, 2,
                 "ERROR:invalid_argument:--size 0 is not between 1 and 1000\n");
}

TEST(PrepareBatch, TakesItsSizeFromTheConfig) {
  const Sandbox sandbox({{"a.example", "", "-"}, {"b.example", "", "-"}});
  sandbox.dir().write(".smbatcher/config.yml", "batch_size: 1\n");
  expect_exactly(sandbox, "prepare-batch", {}, 0, "OK:batch_created:001, 002\n");
}

TEST(PrepareBatch, GoesAboveTheIdsOfBatchFiles) {
  const Sandbox sandbox({{"a.example", "", "-"}});
  sandbox.dir().write(".smbatcher/batches/batch-004.md", "---\nbatch: 004\n---\n");
  expect_exactly(sandbox, "prepare-batch", {}, 0, "OK:batch_created:005\n");
}

}  // namespace
}  // namespace smbatcher::test
