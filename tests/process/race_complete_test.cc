#include <ostream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::string token_of_claim(const Sandbox& sandbox, const std::string& phase) {
  return std::to_string(
      number_of(json(sandbox.run("find-next", {"--claim", "--phase", phase, "--owner", "anna"})), "token"));
}

struct Completion {
  std::string tool;
  std::string phase;
  std::string ready;
  std::string done;
  std::string line;
};

std::ostream& operator<<(std::ostream& out, const Completion& completion) { return out << completion.tool; }

class RaceComplete : public ::testing::TestWithParam<Completion> {};

TEST_P(RaceComplete, IsOneChangeAndTheSameAnswerForAll) {
  const auto sites = fleet(2, 2, GetParam().ready);
  const Sandbox sandbox(sites);
  write_outputs(sandbox, sites);
  EXPECT_THAT(outputs(race(sandbox, kRacers, GetParam().tool,
                           {"--batch", "001", "--token", token_of_claim(sandbox, GetParam().phase)})),
              ElementsAre(Pair("0 " + GetParam().line, kRacers)));
  EXPECT_EQ(repeated(race(sandbox, kRacers, GetParam().tool,
                          {"--token", token_of_claim(sandbox, GetParam().phase), "--format", "json"})),
            kRacers - 1);
  EXPECT_EQ(logged_events(sandbox, GetParam().tool).size(), 2U);
  for (const Sandbox::Site& site : sites) {
    EXPECT_EQ(sandbox.status_of(site.domain), GetParam().done);
  }
  expect_history_explains_registry(sandbox, sites);
}

INSTANTIATE_TEST_SUITE_P(Phases, RaceComplete,
                         ::testing::Values(Completion{"design-complete", "design", "B", "D", "OK:marked_complete\n"},
                                           Completion{"implement-complete", "implement", "O", "I",
                                                      "OK:marked_complete:2/2\n"}),
                         [](const auto& test) { return test.param.phase; });

TEST(RaceLock, LocksEveryBatchOnce) {
  const auto sites = fleet(20, 2, "D");
  const Sandbox sandbox(sites);
  std::map<std::string, int> expected;
  for (int i = 0; i < 20; ++i) {
    expected["0 OK:locked:" + sites[static_cast<std::size_t>(2 * i)].batch + "\n"] = 1;
  }
  expected
      ["1 FAIL:no_domains\nno batch has all its designs done and waits to be locked: smbatcher find-next --claim takes "
       "the next one to implement\n"] = kRacers - 20;
  EXPECT_EQ(outputs(race(sandbox, kRacers, "lock", {})), expected);
  EXPECT_EQ(logged_events(sandbox, "lock").size(), 20U);
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceLock, OfOneBatchIsOneChange) {
  const auto sites = fleet(1, 2, "D");
  const Sandbox sandbox(sites);
  EXPECT_EQ(repeated(race(sandbox, kRacers, "lock", {"001", "--format", "json"})), kRacers - 1);
  EXPECT_EQ(logged_events(sandbox, "lock").size(), 1U);
  expect_history_explains_registry(sandbox, sites);
}

TEST(RaceFinish, IsOneChangeAndTheSameAnswerForAll) {
  const auto sites = fleet(2, 3, "I");
  const Sandbox sandbox(sites);
  EXPECT_THAT(outputs(race(sandbox, kRacers, "implement-finish", {"--batch", "001"})),
              ElementsAre(Pair("0 OK:marked_done\n", kRacers)));
  EXPECT_EQ(repeated(race(sandbox, kRacers, "implement-finish", {"--batch", "002", "--format", "json"})), kRacers - 1);
  EXPECT_EQ(logged_events(sandbox, "finish").size(), 2U);
  expect_history_explains_registry(sandbox, sites);
}

}  // namespace
}  // namespace smbatcher::test
