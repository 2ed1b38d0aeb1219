#include <gmock/gmock.h>

#include "tests/process/worker_support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

// What a claim says of the work itself, and how a call that hands work in names what is missing.

constexpr const char* kHeadings = R"(["Concept","Palette","Typography","Layout","Components","Content"])";

TEST(Orders, AClaimSaysWhatToMakeOfEachSite) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  const Json answer = ask(fleet.sandbox(), "find-next", {"--claim", "--owner", "anna"});
  ASSERT_EQ(count_of(answer, "orders"), 2U) << answer.dump();
  const Json order = item(answer, "orders", 0);
  EXPECT_EQ(text_of(order, "domain"), "a1.example");
  EXPECT_EQ(text_of(order, "folder"), fleet.file("sites/a1.example"));
  EXPECT_EQ(text_of(order, "design"), fleet.file("sites/a1.example/DESIGN.md"));
  EXPECT_EQ(text_of(order, "brief"), fleet.file(".smbatcher/briefs/001/a1.example.implement.md"));
  EXPECT_EQ(member(order, "lacks"), R"(["index.html","styles.css"])");
  EXPECT_THAT(fleet.sandbox().dir().read(".smbatcher/briefs/001/b1.example.implement.md"), HasSubstr("b1.example"));
}

TEST(Orders, AClaimToDesignWritesNothingButTheBrief) {
  const Fleet fleet(fleet_of(1, 1, "B"));
  const Json answer = ask(fleet.sandbox(), "find-next", {"--claim", "--phase", "design"});
  const Json order = item(answer, "orders", 0);
  EXPECT_EQ(member(order, "lacks"), kHeadings);
  EXPECT_EQ(text_of(order, "design"), fleet.file("sites/a1.example/DESIGN.md"));
  EXPECT_TRUE(fleet.has(".smbatcher/briefs/001/a1.example.design.md"));
  EXPECT_FALSE(fleet.has("sites"));
}

TEST(Orders, AMissingDesignIsAmongWhatASiteLacks) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  const Json answer = ask(sandbox, "find-next", {"--claim"});
  EXPECT_EQ(member(item(answer, "orders", 0), "lacks"), R"(["DESIGN.md","index.html","styles.css"])");
  EXPECT_EQ(member(item(answer, "orders", 0), "brief"), "");
  EXPECT_EQ(member(answer, "warnings"), "");
}

TEST(Orders, TextNamesTheBriefsAndTheWayOn) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  std::filesystem::remove(fleet.file("sites/b1.example/DESIGN.md"));
  EXPECT_THAT(fleet.sandbox().run("find-next", {"--claim", "--owner", "anna", "--format", "text"}).out,
              MatchesRegex("OK:claimed:001\nstart: token [0-9]+, owner anna, until [^\n]+\n"
                           "sites: a1.example, b1.example\n"
                           "a1.example: " +
                           fleet.file(".smbatcher/briefs/001/a1.example.implement.md") +
                           "; lacks index.html, styles.css\n"
                           "b1.example; lacks DESIGN.md, index.html, styles.css\n"
                           "when they are done: smbatcher implement-complete --batch 001 --token [0-9]+\n"));
}

TEST(Orders, AClaimThatOnlyClosesDesignsSaysSo) {
  const Fleet fleet(fleet_of(1, 1, "D"));
  const ProcessResult closed = fleet.sandbox().run("find-next", {"--claim", "--owner", "anna", "--format", "text"});
  EXPECT_THAT(closed.out, MatchesRegex("OK:claimed:001\nlock: token [^\n]+\nsites: a1.example\n"
                                       "only the designs were closed; to begin the work: smbatcher find-next "
                                       "--phase implement --claim --batch 001 --token [0-9]+\n"));
  const Json begun = ask(fleet.sandbox(), "find-next", {"--claim", "--owner", "anna"});
  EXPECT_EQ(text_of(begun, "action"), "start");
  EXPECT_EQ(count_of(begun, "orders"), 1U);
}

TEST(Orders, NothingThatOnlyShowsWritesABrief) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  expect_untouched(fleet.sandbox(), "find-next", {}, 0, R"({"result":"found")");
  expect_untouched(fleet.sandbox(), "find-next", {"--claim", "--dry-run"}, 0, R"({"result":"dry_run")");
}

TEST(Start, TakesABatchThroughTheLockInOneStep) {
  const Fleet fleet(fleet_of(1, 1, "D"));
  const Json answer = ask(fleet.sandbox(), "find-next", {"--claim", "--start", "--owner", "anna", "--lease", "90m"});
  EXPECT_EQ(text_of(answer, "from") + text_of(answer, "status") + text_of(answer, "action"), "Distart");
  EXPECT_EQ(number_of(answer, "lease_s"), 5400);
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "i");
  EXPECT_THAT(text_of(child(answer, "next"), "complete"), HasSubstr("smbatcher implement-complete"));
  EXPECT_EQ(count_of(answer, "orders"), 1U);
}

TEST(Start, IsOnlyTheIdInSimpleFormat) {
  const Fleet fleet(fleet_of(1, 1, "D"));
  expect_exactly(fleet.sandbox(), "find-next", {"--claim", "--start", "--format", "simple"}, 0, "001\n");
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "i");
}

TEST(Start, IsShownAsItWouldBe) {
  const Fleet fleet(fleet_of(1, 1, "D"));
  const Json found = ask(fleet.sandbox(), "find-next", {"--start"});
  EXPECT_EQ(member(found, "claimed") + text_of(found, "from") + text_of(found, "status") + text_of(found, "action"),
            "falseDistart");
  expect_exactly(fleet.sandbox(), "find-next", {"--claim", "--start", "--dry-run", "--format", "text"}, 0,
                 "OK:dry_run\na1.example D -> i\n");
  EXPECT_EQ(text_of(ask(fleet.sandbox(), "find-next", {}), "action"), "lock") << "as without --start";
}

TEST(Start, LeavesOtherBatchesAsTheyWouldBeWithoutIt) {
  const Fleet fleet(fleet_of(1, 1, "B"));
  EXPECT_EQ(text_of(ask(fleet.sandbox(), "find-next", {"--claim", "--start", "--phase", "design"}), "action"), "start");
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "d");
}

/// Every command of `next` does what it says, typed as it is printed.
void expect_runnable(const Sandbox& sandbox, const Json& answer) {
  for (const char* key : {"renew", "complete"}) {
    Command typed = sandbox.command("find-next", {});
    typed.argv = {"sh", "-c", text_of(child(answer, "next"), key)};
    typed.env["PATH"] = bin_dir() + ":" + std::getenv("PATH");
    const ProcessResult result = run(typed);
    EXPECT_EQ(result.status, 0) << result.command << "\n" << result.out;
  }
}

TEST(Orders, TheNextCommandsRunAsPrinted) {
  const Sandbox sandbox({{"a.example", "-x", "O"}});
  build_site(sandbox, "a.example");
  expect_runnable(sandbox, ask(sandbox, "find-next", {"--claim"}));
  EXPECT_EQ(sandbox.status_of("a.example"), "I");
}

TEST(Orders, TheNextCommandsLookWhereTheClaimLooked) {
  for (const char* tool : {"find-next", "implement-run"}) {
    const Sandbox sandbox({{"a.example", "003", "O"}});
    build_site(sandbox, "a.example");
    std::filesystem::create_directory(sandbox.dir().at("else where"));
    std::filesystem::rename(sandbox.dir().at("sites"), sandbox.dir().at("else where/sites"));
    Args args{"--root", sandbox.dir().at("else where")};
    if (std::string(tool) == "find-next") {
      args.emplace_back("--claim");
    }
    const Json answer = ask(sandbox, tool, args);
    EXPECT_EQ(text_of(item(answer, "orders", 0), "folder"), sandbox.dir().at("else where/sites/a.example"));
    EXPECT_EQ(member(item(answer, "orders", 0), "lacks"), "[]");
    expect_runnable(sandbox, answer);
    EXPECT_EQ(sandbox.status_of("a.example"), "I") << tool;
  }
}

TEST(Missing, CompletionNamesThePathOfEachFile) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  const std::string token = claim_for(fleet.sandbox(), "anna");
  build_site(fleet.sandbox(), "a1.example");
  const std::string folder = fleet.file("sites/b1.example/");
  EXPECT_THAT(fleet.sandbox().run("implement-complete", {"--token", token}).out,
              HasSubstr("\nmissing: " + folder + "index.html, " + folder + "styles.css\n"));
  const Json answer = ask(fleet.sandbox(), "implement-complete", {"--token", token});
  EXPECT_EQ(member(answer, "lacking"), R"([{"domain":"b1.example","path":")" + folder +
                                           R"(index.html"},{"domain":"b1.example","path":")" + folder +
                                           R"(styles.css"}])");
  const Json checked = ask(fleet.sandbox(), "check-outputs", {"--batch", "001"});
  EXPECT_EQ(member(checked, "lacking"), member(answer, "lacking"));
  const Json passing = ask(fleet.sandbox(), "implement-complete", {"--token", token, "--passing"});
  EXPECT_EQ(member(passing, "lacking"), member(answer, "lacking"));
}

TEST(Missing, CompletionNamesTheFileOfEachHeading) {
  const Fleet fleet(fleet_of(1, 1, "d"));
  const std::string design = fleet.file("sites/a1.example/DESIGN.md");
  fleet.sandbox().dir().write("sites/a1.example/DESIGN.md", "## Concept\n\nWarm.\n\n## Palette\n\nRed.\n");
  fleet.configure("design: {required_headings: [Concept, Palette, Layout]}\n");
  expect_exactly(fleet.sandbox(), "design-complete", {"a1.example", "--force", "--why", "test"}, 1,
                 "FAIL:missing_headings:Layout\nnothing was changed; add what is missing and call again\n"
                 "missing in " +
                     design + ": Layout\n");
  EXPECT_EQ(member(ask(fleet.sandbox(), "design-complete", {"a1.example", "--force", "--why", "test"}), "lacking"),
            R"([{"domain":"a1.example","path":")" + design + R"(","heading":"Layout"}])");
}

TEST(Missing, WorkThatIsHandedInUnfinishedIsRefused) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  const std::string token = std::to_string(number_of(ask(fleet.sandbox(), "implement-run", {}), "token"));
  build_site(fleet.sandbox(), "a1.example");
  const ProcessResult result = fleet.sandbox().run("implement-run", {"--batch", "001", "--token", token});
  EXPECT_EQ(result.status, 1);
  const std::string folder = fleet.file("sites/b1.example/");
  EXPECT_THAT(result.out, MatchesRegex("FAIL:missing_files:b1.example: index.html, styles.css\n"
                                       "1 site completed by this call; add what is missing and call again\n"
                                       "the claim goes on: token " +
                                       token + ", owner [^\n]+\nmissing: " + folder + "index.html, " + folder +
                                       "styles.css\ncompleted: a1.example\nb1.example: [^\n]+\n"
                                       "when they are done: smbatcher implement-run --batch 001 --token " +
                                       token + "\n"));
  const Json again = ask(fleet.sandbox(), "implement-run", {"--token", token});
  EXPECT_EQ(text_of(again, "reason"), "missing_files");
  EXPECT_EQ(member(again, "missing"), R"({"b1.example":["index.html","styles.css"]})");
  EXPECT_EQ(text_of(item(again, "lacking", 0), "path"), folder + "index.html");
  EXPECT_EQ(member(again, "sites"), R"(["b1.example"])");
  build_site(fleet.sandbox(), "b1.example");
  expect_exactly(fleet.sandbox(), "implement-run", {"--token", token}, 0, "OK:batch_complete:001\n");
}

TEST(Missing, DesignsThatAreHandedInUnfinishedAreRefused) {
  const Fleet fleet(fleet_of(1, 1, "B"));
  const std::string token = std::to_string(number_of(ask(fleet.sandbox(), "design-run", {}), "token"));
  const Json answer = ask(fleet.sandbox(), "design-run", {"--token", token});
  EXPECT_EQ(text_of(answer, "reason"), "missing_headings");
  EXPECT_EQ(number_of(answer, "exit_code"), 1);
  EXPECT_EQ(text_of(item(answer, "lacking", 0), "heading"), "Concept");
}

TEST(Missing, AnOwnerWhoComesBackIsGivenTheRest) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  (void)ask(fleet.sandbox(), "implement-run", {"--owner", "anna"});
  const ProcessResult again = fleet.sandbox().run("implement-run", {"--owner", "anna"});
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.out, HasSubstr("not complete: a1.example: index.html, styles.css\n"));
  EXPECT_THAT(again.out, Not(HasSubstr("FAIL")));
}

// A skeleton alone is not a finished design.
TEST(Missing, ASkeletonDoesNotComplete) {
  const Sandbox sandbox({{"a.example", "003", "D"}, {"b.example", "003", "B"}});
  const std::string token = claim_for(sandbox, "anna", {"--phase", "design"});
  sandbox.dir().write("sites/b.example/DESIGN.md", "## Concept\n\n<!-- Write here. -->\n\n## Palette\n\nRed.\n");
  expect_exactly(
      sandbox, "design-complete", {"b.example", "--token", token}, 1,
      "FAIL:missing_headings:Concept, Typography, Layout, Components, Content\nnothing was changed; add what "
      "is missing and call again\nmissing in " +
          sandbox.dir().at("sites/b.example/DESIGN.md") + ": Concept, Typography, Layout, Components, Content\n");
}

}  // namespace
}  // namespace smbatcher::test
