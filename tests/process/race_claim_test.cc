#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::StartsWith;

/// A batch claimed by `owner`; its token.
std::string claim(const Sandbox& sandbox, const std::string& owner, const std::string& phase = "implement") {
  return std::to_string(
      number_of(json(sandbox.run("find-next", {"--claim", "--phase", phase, "--owner", owner})), "token"));
}

TEST(RaceClaim, GivesEveryBatchOnceAndTokensInStrictOrder) {
  const auto sites = fleet(200, 1, "O");
  const Sandbox sandbox(sites);
  std::map<std::string, std::int64_t> given;
  std::set<std::int64_t> tokens;
  int refused = 0;
  int caller = 0;
  while (refused == 0) {
    std::vector<Command> commands;
    for (int i = 0; i < kRacers; ++i) {
      commands.push_back(sandbox.command("find-next", {"--claim", "--owner", "a" + std::to_string(caller++)}));
    }
    for (const ProcessResult& result : run_together(commands)) {
      const Json answer = json(result);
      if (result.status == 1) {
        EXPECT_EQ(text_of(answer, "reason"), "no_work_found");
        EXPECT_EQ(text_of(answer, "why"), "all_held");
        ++refused;
        continue;
      }
      ASSERT_EQ(result.status, 0) << result.out;
      EXPECT_TRUE(given.emplace(text_of(answer, "batch"), number_of(answer, "token")).second) << result.out;
      EXPECT_TRUE(tokens.insert(number_of(answer, "token")).second) << result.out;
    }
  }
  EXPECT_EQ(given.size(), 200U);
  EXPECT_EQ(refused, caller - 200);

  const std::vector<LoggedEvent> claims = logged_events(sandbox, "claim");
  ASSERT_EQ(claims.size(), 200U);
  for (std::size_t i = 0; i < claims.size(); ++i) {
    EXPECT_EQ(claims[i].token, claims[0].token + static_cast<std::int64_t>(i));
    // What a caller was told is what the history keeps.
    EXPECT_EQ(given[text_of(claims[i].list("rows")[0], "batch")], claims[i].token);
  }
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceClaim, OneOwnerGetsOneBatch) {
  const auto sites = fleet(5, 2, "O");
  const Sandbox sandbox(sites);
  int started = 0;
  for (const ProcessResult& result : race(sandbox, kRacers, "find-next", {"--claim", "--owner", "anna"})) {
    const Json answer = json(result);
    EXPECT_EQ(text_of(answer, "batch"), "001");
    started += static_cast<int>(text_of(answer, "action") == "start");
  }
  EXPECT_EQ(started, 1);
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceClaim, OneOfManyGetsTheLastBatch) {
  const Sandbox sandbox(fleet(1, 3, "B"));
  std::vector<Command> commands;
  for (int i = 0; i < kRacers; ++i) {
    commands.push_back(sandbox.command(
        "find-next", {"--claim", "--phase", "design", "--format", "text", "--owner", "a" + std::to_string(i)}));
  }
  int winners = 0;
  for (const ProcessResult& result : run_together(commands)) {
    EXPECT_THAT(result.out,
                result.status == 0 ? StartsWith("OK:claimed:001\n") : StartsWith("FAIL:no_work_found:all_held\n"));
    winners += static_cast<int>(result.status == 0);
  }
  EXPECT_EQ(winners, 1);
  expect_history_explains_registry(sandbox, fleet(1, 3, "B"));
}

TEST(RaceClaim, OneStepOfLockingIsGivenOnce) {
  const auto sites = fleet(1, 2, "D");
  const Sandbox sandbox(sites);
  std::vector<Command> commands;
  for (int i = 0; i < kRacers; ++i) {
    commands.push_back(sandbox.command("find-next", {"--claim", "--owner", "a" + std::to_string(i)}));
  }
  int winners = 0;
  for (const ProcessResult& result : run_together(commands)) {
    if (result.status == 0) {
      EXPECT_EQ(text_of(json(result), "action"), "lock");
      ++winners;
    }
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(sandbox.status_of("s001-0.example"), "O");
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceStart, GivesABatchToOneOwner) {
  const auto sites = fleet(1, 2, "O");
  const Sandbox sandbox(sites);
  std::vector<Command> commands;
  for (int i = 0; i < kRacers; ++i) {
    commands.push_back(sandbox.command("implement-start", {"--batch", "001", "--owner", "a" + std::to_string(i)}));
  }
  int winners = 0;
  for (const ProcessResult& result : run_together(commands)) {
    EXPECT_THAT(result.out, result.status == 0 ? StartsWith("OK:marked_in_progress\n") : StartsWith("FAIL:held:a"));
    winners += static_cast<int>(result.status == 0);
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(logged_events(sandbox, "claim").size(), 1U);
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceStart, OneDesignerGetsOneSite) {
  const auto sites = fleet(1, 2, "B");
  const Sandbox sandbox(sites);
  std::vector<Command> commands;
  for (int i = 0; i < kRacers; ++i) {
    commands.push_back(sandbox.command("design-start", {"s001-1.example", "--owner", "a" + std::to_string(i)}));
  }
  int winners = 0;
  for (const ProcessResult& result : run_together(commands)) {
    winners += static_cast<int>(result.status == 0);
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(sandbox.status_of("s001-0.example"), "B");
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceHeartbeat, AllRenewAndNeitherRegistryNorHistoryChanges) {
  const auto sites = fleet(1, 2, "O");
  const Sandbox sandbox(sites);
  const std::string token = claim(sandbox, "anna");
  const std::string registry = sandbox.registry();
  const std::string history = sandbox.dir().read(".smbatcher/state/history.jsonl");
  EXPECT_THAT(outputs(race(sandbox, kRacers, "heartbeat", {"--batch", "001", "--token", token})),
              ElementsAre(Pair("0 OK:renewed\n", kRacers)));
  EXPECT_EQ(sandbox.registry(), registry);
  EXPECT_EQ(sandbox.dir().read(".smbatcher/state/history.jsonl"), history);
  expect_ok(sandbox.run("check-claim", {"--batch", "001", "--token", token}), "OK:held");
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceRelease, IsOneChangeAndTheSameAnswerForAll) {
  const auto sites = fleet(1, 2, "O");
  const Sandbox sandbox(sites);
  std::string token = claim(sandbox, "anna");
  EXPECT_THAT(outputs(race(sandbox, kRacers, "release", {"--batch", "001", "--token", token, "--delay", "0"})),
              ElementsAre(Pair("0 OK:released\n", kRacers)));
  token = claim(sandbox, "ben");
  EXPECT_EQ(repeated(race(sandbox, kRacers, "release", {"--token", token, "--format", "json"})), kRacers - 1);
  EXPECT_EQ(logged_events(sandbox, "release").size(), 2U);
  EXPECT_EQ(sandbox.status_of("s001-0.example"), "O");
  expect_history_explains_registry(sandbox, sites);
}

}  // namespace
}  // namespace smbatcher::test
