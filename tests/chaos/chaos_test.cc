#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/chaos/round.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// A history of half an hour would take long to judge: one queue lives for half a minute, then comes the next.
constexpr seconds kRound{30};

long from_environment(const char* name, long otherwise) {
  const char* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing sets it
  return text == nullptr ? otherwise : std::stol(text);
}

unsigned seed() { return static_cast<unsigned>(from_environment("SMB_SEED", std::random_device{}() % 1'000'000)); }

/// SMB_CHAOS_SECONDS says for how long, SMB_SEED what happens; SMB_SOAK=1 is half an hour.
TEST(Chaos, IsExplainedByTheHistory) {
  const unsigned first = seed();
  const seconds total(from_environment("SMB_CHAOS_SECONDS", from_environment("SMB_SOAK", 0) == 1 ? 1800 : 60));
  unsigned round = 0;
  for (seconds done{0}; done < total; done += kRound, ++round) {
    const RoundPlan plan{first + 1000 * round, std::min<seconds>(kRound, total - done), "", round % 2 == 1};
    std::cout << "SMB_SEED=" << plan.seed << ", " << plan.length.count() / 1000 << " s, ";
    RoundResult result = chaos_round(plan);
    std::cout << result << std::flush;
    EXPECT_THAT(result.violations, IsEmpty());
    for (const char* const needed : {"claims", "adoptions", "completions", "stale tokens refused", "killed calls",
                                     "stops", "saves", "removals of the lock file"}) {
      EXPECT_GT(result.counts[needed], 0) << "too little happened to show anything: no " << needed;
    }
  }
}

/// The controls: agents alone, with tools that take no lock, and with tools that accept every token. Where they can be,
/// in memory: a slow disk would leave them too little time to do harm.
std::vector<std::string> violations_of(const std::string& variant) {
  const RoundPlan plan{seed(), seconds(5), variant, true};
  const RoundResult result = chaos_round(plan);
  std::cout << "SMB_SEED=" << plan.seed << ", " << variant << ", " << result;
  return result.violations;
}

TEST(Chaos, IsReportedWhereNothingIsLocked) {
  EXPECT_THAT(violations_of("no_lock"), Contains(AnyOf(StartsWith("told twice:"), StartsWith("token used twice:"))));
}

TEST(Chaos, IsReportedWhereEveryTokenIsAccepted) {
  EXPECT_THAT(violations_of("any_token"), Contains(StartsWith("stale token accepted:")));
}

}  // namespace
}  // namespace smbatcher::test
