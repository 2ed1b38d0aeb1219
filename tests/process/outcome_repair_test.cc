#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// bury, kick and reopen: for when something went wrong.

const std::vector<Sandbox::Site> kSites{
    {"a.example", "003", "O"}, {"b.example", "003", "O"}, {"c.example", "", "-"}, {"q.example", "004", "Q"}};

TEST(Bury, HoldsOneSiteBackAndItsNeighboursGoOn) {
  const Sandbox sandbox(kSites);
  const Json answer = ask(sandbox, "bury", {"a.example", "--why", "no photos"});
  EXPECT_EQ(text_of(answer, "result") + member(answer, "sites") + text_of(answer, "batch"),
            R"(buried["a.example"]003)");
  EXPECT_EQ(member(ask(sandbox, "find-next", {}), "sites"), R"(["b.example"])");
  expect_exactly(sandbox, "bury", {"a.example", "--why", "no photos"}, 0, "OK:buried\n");
  EXPECT_EQ(member(ask(sandbox, "bury", {"a.example", "--why", "no photos"}), "repeated"), "true");
}

TEST(Bury, ReplacesTheReason) {
  const Sandbox sandbox(kSites);
  expect_exactly(sandbox, "bury", {"a.example", "--why", "no photos"}, 0, "OK:buried\n");
  expect_exactly(sandbox, "bury", {"a.example", "--why", "no texts", "--owner", "anna"}, 0, "OK:buried\n");
  EXPECT_NE(sandbox.run("status", {"3"}).out.find("buried by anna: no texts"), std::string::npos);
  EXPECT_EQ(count_of(ask(sandbox, "history", {"--domain", "a.example"}), "events"), 2U);
}

TEST(Bury, HoldsAWholeBatchBack) {
  const Sandbox sandbox(kSites);
  expect_exactly(sandbox, "bury", {"--batch", "3", "--why", "no photos"}, 0, "OK:buried\n");
  expect_fail(sandbox.run("find-next", {"--format", "text"}), "FAIL:no_work_found:buried");
}

TEST(Bury, NeedsAReasonAndWorkThatCanBeGivenOut) {
  const Sandbox sandbox(kSites);
  expect_exactly(sandbox, "bury", {"a.example"}, 2,
                 "ERROR:missing_argument:--why is required: status shows the reason\n");
  expect_exactly(sandbox, "bury", {"--why", "x"}, 2,
                 "ERROR:missing_argument:name the work: --batch ID, domains, or --token N\n");
  expect_exactly(
      sandbox, "bury", {"c.example", "--why", "x"}, 1,
      "FAIL:not_in_phase:c.example -\n'c.example' is in no phase that gives it out: there is nothing to hold back\n");
  expect_exactly(
      sandbox, "bury", {"q.example", "--why", "x"}, 1,
      "FAIL:not_in_phase:q.example Q\n'q.example' is in no phase that gives it out: there is nothing to hold back\n");
  expect_exactly(sandbox, "bury", {"--batch", "4", "--why", "x"}, 1,
                 "FAIL:not_in_phase:4\nno site of it is in a phase that gives it out; smbatcher status shows where "
                 "they are\n");
  expect_exactly(sandbox, "bury", {"x.example", "--why", "x"}, 2,
                 "ERROR:domain_not_found:'x.example' is not in the registry; did you mean 'a.example'?\n");
}

TEST(Bury, LeavesSomebodyElsesWorkUnlessForced) {
  const Sandbox sandbox(kSites);
  const std::string token = claim_for(sandbox, "a1");
  expect_untouched(sandbox, "bury", {"a.example", "--why", "x"}, 1, "FAIL:held:a1");
  expect_untouched(sandbox, "bury", {"a.example", "--why", "x", "--token", "1"}, 1, "FAIL:stale_claim:a1");
  expect_exactly(sandbox, "bury", {"a.example", "--why", "x", "--token", token}, 0, "OK:buried\n");
  expect_exactly(sandbox, "bury", {"b.example", "--why", "x", "--force"}, 0, "OK:buried\n");
  EXPECT_EQ(sandbox.status_of("a.example") + sandbox.status_of("b.example"), "OO");
}

TEST(Bury, ShowsTheReasonInStatus) {
  const Sandbox sandbox(kSites);
  expect_exactly(sandbox, "bury", {"a.example", "--why", "no photos", "--owner", "anna"}, 0, "OK:buried\n");
  expect_exactly(sandbox, "status", {"3"}, 0,
                 "OK:status:003\nphase implement, held by nobody\ndomain     status  attempts  files\n"
                 "a.example  O       0         -      buried by anna: no photos\nb.example  O       0         -\n");
}

TEST(Kick, TakesBuriedWorkUpAgain) {
  const Sandbox sandbox(kSites);
  expect_exactly(
      sandbox, "kick", {"a.example"}, 1,
      "FAIL:not_buried:a.example\n'a.example' is neither buried nor delayed; smbatcher status shows what is\n");
  expect_exactly(sandbox, "kick", {"--batch", "3"}, 1,
                 "FAIL:not_buried:3\nno site of it is buried or delayed; smbatcher status shows what is\n");
  expect_exactly(sandbox, "bury", {"--batch", "3", "--why", "x"}, 0, "OK:buried\n");
  const Json answer = ask(sandbox, "kick", {"a.example", "--owner", "anna"});
  EXPECT_EQ(text_of(answer, "result") + member(answer, "sites"), R"(kicked["a.example"])");
  EXPECT_EQ(member(ask(sandbox, "kick", {"a.example", "--owner", "anna"}), "repeated"), "true");
  expect_exactly(sandbox, "kick", {"--batch", "3"}, 0, "OK:kicked\n");
  EXPECT_EQ(member(ask(sandbox, "find-next", {}), "sites"), R"(["a.example","b.example"])");
}

struct Step {
  std::string from;
  std::string to;

  friend void PrintTo(const Step& each, std::ostream* out) { *out << each.from; }
};

class ReopenStep : public testing::TestWithParam<Step> {};

TEST_P(ReopenStep, GoesOneStepBackOnce) {
  const Sandbox sandbox({{"a.example", "003", GetParam().from}});
  const Args args{"a.example", "--why", "broken on phones", "--owner", "anna"};
  expect_exactly(sandbox, "reopen", args, 0, "OK:reopened\n");
  EXPECT_EQ(sandbox.status_of("a.example"), GetParam().to);
  EXPECT_EQ(sandbox.registry().find("003") == std::string::npos, GetParam().to == "-");
  expect_exactly(sandbox, "reopen", args, 0, "OK:reopened\n");
  EXPECT_EQ(sandbox.status_of("a.example"), GetParam().to) << "the same call again is a repeat, not a second step";
}

INSTANTIATE_TEST_SUITE_P(From, ReopenStep,
                         testing::Values(Step{"Q", "O"}, Step{"I", "O"}, Step{"O", "D"}, Step{"D", "B"},
                                         Step{"B", "-"}),
                         [](const auto& each) { return each.param.from; });

TEST(Reopen, RefusesWhatIsLiveOrHasNoStepBack) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"c.example", "", "-"}, {"w.example", "005", "i"}});
  expect_exactly(sandbox, "reopen", {"a.example"}, 2, "ERROR:missing_argument:--why is required\n");
  const std::string token = claim_for(sandbox, "a1");
  expect_untouched(sandbox, "reopen", {"a.example", "--why", "x"}, 1, "FAIL:held:a1");
  expect_untouched(sandbox, "reopen", {"a.example", "--why", "x", "--token", token}, 1, "FAIL:held:a1");
  expect_untouched(sandbox, "reopen", {"a.example", "--why", "x", "--token", "1"}, 1, "FAIL:stale_claim:a1");
  expect_untouched(sandbox, "kick", {"a.example", "--token", "1"}, 1, "FAIL:stale_claim:a1");
  expect_untouched(sandbox, "reopen", {"--batch", "5", "--why", "x"}, 1, "FAIL:held:unknown");
  expect_untouched(sandbox, "reopen", {"c.example", "--why", "x"}, 1, "FAIL:nothing_to_reopen:c.example");
  expect_untouched(sandbox, "reopen", {"n.example", "--why", "x"}, 2, "ERROR:domain_not_found");
  expect_untouched(sandbox, "reopen", {"--batch", "9", "--why", "x"}, 2, "ERROR:batch_not_found");
}

TEST(Reopen, SaysWhenABatchHasNothingToReopen) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  lapsed_claim_for(sandbox, "a1");
  expect_exactly(sandbox, "reopen", {"--batch", "3", "--why", "x"}, 1,
                 "FAIL:nothing_to_reopen:3\nno site of it can go a step back; smbatcher status shows where they are\n");
}

}  // namespace
}  // namespace smbatcher::test
