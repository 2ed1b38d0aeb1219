#include <gmock/gmock.h>

#include "tests/process/worker_support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

// design-run and implement-run without a command. docs/workers.md, "Working by hand".

TEST(HandOut, ClaimsPreparesAndTellsHowToGoOn) {
  const Fleet fleet(fleet_of(1, 2, "D"));
  const std::string brief = fleet.file(".smbatcher/briefs/001/");
  const ProcessResult result = fleet.sandbox().run("implement-run", {"--owner", "anna"});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.out, MatchesRegex("OK:batch_claimed:001\nstart: token ([0-9]+), owner anna, until [^\n]+\n"
                                       "a1.example: " +
                                       brief +
                                       "a1.example.implement.md\n"
                                       "b1.example: " +
                                       brief +
                                       "b1.example.implement.md\n"
                                       "when they are done: smbatcher implement-run --batch 001 --token [0-9]+\n"));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "i") << "through the lock in one step";
  EXPECT_TRUE(fleet.has(".smbatcher/briefs/001/a1.example.implement.md"));
}

TEST(HandOut, CompletesWhatPassesOnALaterCallAndListsTheRest) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  const Json first = ask(fleet.sandbox(), "implement-run", {"--owner", "anna"});
  const std::string token = std::to_string(number_of(first, "token"));
  EXPECT_EQ(text_of(child(first, "next"), "complete"), "smbatcher implement-run --batch 001 --token " + token);
  build_site(fleet.sandbox(), "b1.example");
  const Json second = ask(fleet.sandbox(), "implement-run", {"--token", token});
  EXPECT_EQ(text_of(second, "reason"), "missing_files") << "who shows the token says that the work is done";
  EXPECT_EQ(member(second, "completed"), R"(["b1.example"])");
  EXPECT_EQ(member(second, "sites"), R"(["a1.example"])");
  EXPECT_EQ(member(item(second, "orders", 0), "lacks"), R"(["index.html","styles.css"])");
  EXPECT_EQ(fleet.sandbox().status_of("b1.example"), "I");
  build_site(fleet.sandbox(), "a1.example");
  expect_exactly(fleet.sandbox(), "implement-run", {"--owner", "anna"}, 0, "OK:batch_complete:001\n");
  expect_exactly(fleet.sandbox(), "implement-run", {"--token", token}, 0,
                 "OK:batch_complete:001\nnothing was left to do\n");
}

TEST(HandOut, GivesDesignersASkeletonThatDoesNotPassByItself) {
  const Fleet fleet(fleet_of(1, 1, "B"));
  EXPECT_THAT(fleet.sandbox().run("design-run", {"--owner", "anna"}).out, StartsWith("OK:sites_claimed:001\n"));
  EXPECT_TRUE(fleet.has("sites/a1.example/DESIGN.md"));
  EXPECT_THAT(fleet.sandbox().run("design-run", {"--owner", "anna"}).out,
              HasSubstr("not complete: a1.example: Concept, Palette, Typography, Layout, Components, Content\n"));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "d");
  fleet.write_design("a1.example");
  expect_exactly(fleet.sandbox(), "design-run", {"--owner", "anna"}, 0, "OK:design_complete:001\n");
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "D");
}

TEST(HandOut, RefusesInTheWordsOfItsPhase) {
  const Fleet empty(std::vector<Sandbox::Site>{{"a.example", "001", "I"}});
  EXPECT_THAT(empty.sandbox().run("design-run").out, StartsWith("FAIL:no_sites_ready:all_done\n"));
  EXPECT_THAT(empty.sandbox().run("implement-run").out, StartsWith("FAIL:no_batch_ready:all_done\n"));
  EXPECT_THAT(empty.sandbox().run("design-run", {"--dry-run"}).out, StartsWith("FAIL:no_sites_ready:all_done\n"));
  EXPECT_THAT(empty.sandbox().run("implement-run", {"--batch", "001"}).out, StartsWith("FAIL:not_ready:I\n"));

  const Fleet fleet(fleet_of(1, 1, "O"));
  claim_for(fleet.sandbox(), "ben");
  EXPECT_THAT(fleet.sandbox().run("implement-run", {"--batch", "001"}).out, MatchesRegex("FAIL:held:ben:[0-9]+\n.*"));
  EXPECT_THAT(fleet.sandbox().run("implement-run", {"--owner", "anna"}).out,
              StartsWith("FAIL:no_batch_ready:all_held\n"));
}

TEST(HandOut, DryRunClaimsAndWritesNothing) {
  const Fleet fleet(fleet_of(1, 1, "D"));
  expect_untouched(fleet.sandbox(), "implement-run", {"--dry-run"}, 0, "OK:dry_run\na1.example D -> i\n");
}

TEST(HandOut, HandsTheRestOutWhenASiteCannotBePrepared) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  std::filesystem::remove(fleet.file("sites/a1.example/DESIGN.md"));
  const Json answer = ask(fleet.sandbox(), "implement-run", {});
  EXPECT_EQ(text_of(answer, "result"), "batch_claimed");
  EXPECT_EQ(text_of(item(answer, "warnings", 0), "code"), "design_not_found");
  EXPECT_EQ(text_of(item(answer, "orders", 0), "brief"), "");
  EXPECT_THAT(text_of(item(answer, "orders", 1), "brief"), HasSubstr("b1.example"));
}

}  // namespace
}  // namespace smbatcher::test
