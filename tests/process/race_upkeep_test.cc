#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(RaceReap, ReturnsEndedWorkOnce) {
  const auto sites = fleet(10, 2, "O");
  const Sandbox sandbox(sites);
  {
    // Claims bound to processes that have all been killed at the end of this block.
    std::vector<Process> workers;
    for (int i = 0; i < 10; ++i) {
      workers.emplace_back(Command{.argv = {"sleep", "1000"}});
      expect_ok(sandbox.run("find-next", {"--claim", "--format", "text", "--owner", "a" + std::to_string(i), "--pid",
                                          std::to_string(workers.back().pid())}),
                "OK:claimed");
    }
  }
  int reaped = 0;
  for (const ProcessResult& result : race(sandbox, kRacers, "reap", {"--format", "json"})) {
    reaped += static_cast<int>(number_of(json(result), "count"));
  }
  EXPECT_EQ(reaped, 10);
  EXPECT_EQ(logged_events(sandbox, "reap").size(), 1U);
  for (const Sandbox::Site& site : sites) {
    EXPECT_EQ(sandbox.status_of(site.domain), "O");
  }
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceBury, IsOneChangeAndTheSameAnswerForAll) {
  const auto sites = fleet(1, 2, "O");
  const Sandbox sandbox(sites);
  EXPECT_EQ(repeated(race(sandbox, kRacers, "bury",
                          {"s001-0.example", "--why", "no photos", "--owner", "anna", "--format", "json"})),
            kRacers - 1);
  EXPECT_EQ(logged_events(sandbox, "bury").size(), 1U);
  EXPECT_THAT(outputs(race(sandbox, kRacers, "bury", {"s001-1.example", "--why", "no photos"})),
              ElementsAre(Pair("0 OK:buried\n", kRacers)));
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceKick, IsOneChangeAndTheSameAnswerForAllOfOneOwner) {
  const auto sites = fleet(1, 2, "O");
  const Sandbox sandbox(sites);
  expect_ok(sandbox.run("bury", {"s001-0.example", "--why", "no photos"}), "OK:buried");
  EXPECT_EQ(repeated(race(sandbox, kRacers, "kick", {"s001-0.example", "--owner", "anna", "--format", "json"})),
            kRacers - 1);
  EXPECT_EQ(logged_events(sandbox, "kick").size(), 1U);
  expect_ok(sandbox.run("find-next", {"--claim", "--format", "text"}), "OK:claimed:001");
  expect_history_explains_registry(sandbox, sites);
}

/// One step back, from each status that has one.
class RaceReopen : public ::testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(RaceReopen, GoesExactlyOneStepBack) {
  const auto sites = fleet(1, 2, GetParam().first);
  const Sandbox sandbox(sites);
  EXPECT_THAT(outputs(race(sandbox, kRacers, "reopen", {"s001-0.example", "--why", "broken on phones"})),
              ElementsAre(Pair("0 OK:reopened\n", kRacers)));
  EXPECT_EQ(sandbox.status_of("s001-0.example"), GetParam().second);
  EXPECT_EQ(sandbox.status_of("s001-1.example"), GetParam().first);
  EXPECT_EQ(logged_events(sandbox, "reopen").size(), 1U);
  // Another reason is another decision.
  if (GetParam().second != "-") {
    expect_ok(sandbox.run("reopen", {"s001-0.example", "--why", "and the form is gone"}), "OK:reopened");
    EXPECT_NE(sandbox.status_of("s001-0.example"), GetParam().second);
  }
  expect_history_explains_registry(sandbox, sites);
}

INSTANTIATE_TEST_SUITE_P(Statuses, RaceReopen,
                         ::testing::Values(std::pair("Q", "O"), std::pair("I", "O"), std::pair("O", "D"),
                                           std::pair("D", "B"), std::pair("B", "-")),
                         [](const auto& test) { return "From" + test.param.first; });

}  // namespace
}  // namespace smbatcher::test
