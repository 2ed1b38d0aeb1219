#include "tests/chaos/history_checker.h"

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libregistry/core/base/clock.h"
#include "tests/chaos/made_history.h"

namespace smbatcher::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;

TEST(HistoryChecker, FindsNothingInAGoodHistory) { EXPECT_THAT(violations(good_life().evidence()), IsEmpty()); }

/// One thing that must never be, put into the good history.
struct Bad {
  std::string name;
  std::string kind;
  std::function<void(MadeHistory&)> spoil;
};

std::ostream& operator<<(std::ostream& out, const Bad& bad) { return out << bad.name; }

/// Another moment and token for the adoption.
void adopt(MadeHistory& made, std::int64_t at_ms, std::int64_t token) {
  made.event(6).at_ms = made.event(6).work[0].after.renewed_ms = at_ms;
  made.event(6).token = made.event(6).work[0].after.token = token;
}

class BadHistory : public ::testing::TestWithParam<Bad> {};

TEST_P(BadHistory, IsReported) {
  MadeHistory made = good_life();
  GetParam().spoil(made);
  EXPECT_THAT(violations(made.evidence()), Contains(StartsWith(GetParam().kind + ":")));
}

std::vector<Bad> bad_histories() {
  return {
      {"ALineThatIsNoJson", "damaged history", [](MadeHistory& made) { made.tail = "{\"format\":1,\n"; }},
      {"ALastLineThatIsCut", "damaged history", [](MadeHistory& made) { made.tail = "{\"format\":1"; }},
      {"EventsOutOfOrder", "damaged history", [](MadeHistory& made) { std::swap(made.events[1], made.events[2]); }},
      {"AnEventClosedTwice", "damaged history",
       [](MadeHistory& made) { made.tail = "{\"format\":1,\"closes\":2,\"as\":\"void\"}\n"; }},
      {"AnIntentThatNobodySettled", "open event", [](MadeHistory& made) { made.event(3).closed_as = ""; }},
      {"AStepThatIsNone", "impossible step", [](MadeHistory& made) { made.event(3).rows[0].to = "Q"; }},
      {"AStepOfAnotherVerb", "impossible step", [](MadeHistory& made) { made.event(3).verb = "release"; }},
      {"ARowThatWasElsewhere", "rows not explained", [](MadeHistory& made) { made.event(3).rows[0].from = "D"; }},
      {"ASiteCompletedTwice", "finished twice",
       [](MadeHistory& made) {
         MadeEvent again = made.event(3);
         again.number = 8;
         made.events.push_back(again);
       }},
      {"AnOlderStatusInTheEnd", "registry not explained", [](MadeHistory& made) { made.end["one.example"] = "O"; }},
      {"ASiteThatNobodyRegistered", "registry not explained", [](MadeHistory& made) { made.end["new.example"] = "-"; }},
      {"ALostSite", "row lost", [](MadeHistory& made) { made.end.erase("two.example"); }},
      {"ASiteThatIsThereTwice", "row doubled", [](MadeHistory& made) { made.end_tail = "| two.example | i |\n"; }},
      {"ATokenBelowTheLast", "token not growing", [](MadeHistory& made) { adopt(made, 8'010, 2); }},
      {"ATokenThatAVoidEventUsed", "token used twice", [](MadeHistory& made) { adopt(made, 8'010, 4); }},
      {"AnEventOnALeaseThatIsNot", "lease out of nowhere",
       [](MadeHistory& made) { made.event(6).work[0].before.token = 1; }},
      {"AnAdoptionOfALiveLease", "lease taken early", [](MadeHistory& made) { adopt(made, 6'200, 5); }},
      {"AReapOfALiveLease", "lease taken early",
       [](MadeHistory& made) {
         const MadeLease live = made.event(6).work[0].before;
         made.event(6) = {6, 6'200, "reap", "c", 0, {{"two.example", "i", "O"}}, {{"002", live, {}}}, "done"};
       }},
      {"TwoLeasesOverOneSite", "leases overlap",
       [](MadeHistory& made) {
         const MadeLease second{6, "d", 2'000, 8'510, {"two.example"}};
         made.event(7) = {7, 8'510, "claim", "d", 6, {}, {{"003", {}, second}}, ""};
       }},
      {"ACompletionUnderAStaleToken", "stale token accepted",
       [](MadeHistory& made) {
         made.events.push_back({8, 8'600, "implement-complete", "b", 3, {{"two.example", "i", "I"}}, {}, "done"});
       }},
      {"ACompletionOfHeldWorkWithoutAToken", "stale token accepted",
       [](MadeHistory& made) {
         made.events.push_back({8, 8'600, "implement-complete", "e", 0, {{"two.example", "i", "I"}}, {}, "done"});
       }},
      {"AnAnswerToAStaleToken", "stale token accepted",
       [](MadeHistory& made) {
         made.tell(8'700, "b", {"heartbeat", "--token", "3"},
                   R"({"result":"renewed","batch":"002","phase":"implement","token":3,"lease_s":2})");
       }},
      {"AClaimedRowThatNoLeaseCovers", "claim without lease",
       [](MadeHistory& made) { made.event(2).work[0].after.domains = {}; }},
      {"TwoOwnersToldOfOneSite", "told twice",
       [](MadeHistory& made) {
         made.tell(1'300, "f", {"find-next", "--claim"}, claim_answer(9, "001", "one.example", "start"));
       }},
      {"AClaimThatTheHistoryLacks", "answer without event",
       [](MadeHistory& made) {
         made.tell(9'000, "f", {"find-next", "--claim"}, claim_answer(9, "003", "three.example", "start"));
       }},
      {"ACompletionThatTheHistoryLacks", "answer without event",
       [](MadeHistory& made) {
         made.event(3).closed_as = "void";
         made.end["one.example"] = "i";
       }},
      {"ARepetitionOfNothing", "answer without event",
       [](MadeHistory& made) {
         made.tell(9'000, "c", {"release", "--token", "5"}, R"({"result":"released","repeated":true,"changes":[]})");
       }},
      {"OneTokenForTwo", "one event for two",
       [](MadeHistory& made) {
         made.tell(9'000, "f", {"find-next", "--claim"}, claim_answer(1, "001", "one.example", "start"));
       }},
      {"AnEventThatNobodyAskedFor", "event without call",
       [](MadeHistory& made) { made.calls.erase(made.calls.begin()); }},
      {"AnErrorThatNothingExplains", "unexpected error",
       [](MadeHistory& made) {
         made.tell(9'000, "f", {"reap"}, R"({"error":"internal_error","exit_code":2})");
         made.calls.back().status = 2;
       }},
      {"ARefusalThatWasDone", "refused but done",
       [](MadeHistory& made) {
         made.calls[2].status = 1;
         made.calls[2].out = R"({"reason":"stale_claim","exit_code":1})";
       }},
  };
}

INSTANTIATE_TEST_SUITE_P(Kinds, BadHistory, ::testing::ValuesIn(bad_histories()),
                         [](const auto& test) { return test.param.name; });

TEST(HistoryChecker, TakesAnEditorsSaveAsTheReasonOfAnOlderRow) {
  MadeHistory made = good_life();
  made.end["one.example"] = "i";
  made.saves.push_back({kWall + 4'000, kWall + 4'010, {{"one.example", "i"}}});
  EXPECT_THAT(violations(made.evidence()), IsEmpty());
  made.saves.back() = {kWall + 1'000, kWall + 1'010, {{"one.example", "i"}}};  // before it was completed
  EXPECT_THAT(violations(made.evidence()), Contains(StartsWith("registry not explained:")));
}

TEST(HistoryChecker, LeavesOpenWhatAKilledCallHasDone) {
  MadeHistory made = good_life();
  made.calls[2].status = -1;
  made.calls[2].out.clear();
  EXPECT_THAT(violations(made.evidence()), IsEmpty());
}

// Two calls of one agent within the grain of the clocks: the refused one did not do what the killed one did.
TEST(HistoryChecker, BlamesARefusalOnlyWhereNoKilledCallExplainsTheEvent) {
  MadeHistory made = good_life();
  Call refused = made.calls[2];
  made.calls[2].status = -1;
  made.calls[2].out.clear();
  refused.status = 1;
  refused.out = R"({"reason":"stale_claim","exit_code":1})";
  made.calls.insert(made.calls.begin(), refused);
  EXPECT_THAT(violations(made.evidence()), IsEmpty());
}

TEST(HistoryChecker, ForgetsALineThatACrashCut) {
  MadeHistory made = good_life();
  made.tail = "{\"format\":1,\"event\":8,\"ver\n{\"format\":1,\"torn_line_above\":true}\n";
  EXPECT_THAT(violations(made.evidence()), IsEmpty());
}

// An editor that truncates and writes can be stopped between the two: rows are missing until it goes on.
TEST(HistoryChecker, TakesASaveDuringTheCallAsTheReasonOfAMissingRow) {
  MadeHistory made = good_life();
  made.tell(9'000, "e", {"reopen", "three.example"}, R"({"error":"domain_not_found","exit_code":2})");
  made.calls.back().status = 2;
  EXPECT_THAT(violations(made.evidence()), Contains(StartsWith("unexpected error:")));
  made.saves.push_back({kWall + 8'900, kWall + 9'010, {}});
  EXPECT_THAT(violations(made.evidence()), IsEmpty());
  made.saves.back() = {kWall + 8'900, kWall + 8'910, {}};
  EXPECT_THAT(violations(made.evidence()), Contains(StartsWith("unexpected error:")));
}

TEST(Evidence, FindsTheRowsOfARegistryThatIsCut) {
  EXPECT_THAT(statuses_in("| Domain | Status |\n|---|---|\n| one.example | O |\n| two.exam"),
              ElementsAre(Pair("one.example", "O")));
}

TEST(Evidence, KeepsCallsInALog) {
  const std::vector<Call> calls = good_life().evidence().calls;
  EXPECT_EQ(to_lines(read_calls(to_lines(calls))), to_lines(calls));
  EXPECT_EQ(read_calls(to_lines(calls)).size(), calls.size());
}

}  // namespace
}  // namespace smbatcher::test
