#include "libregistry/sites/report/throughput.h"

#include <numeric>

#include <gtest/gtest.h>

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kNow = parse_time("2026-11-20T18:00:00Z").value();

HistoryEntry completion(WallTime at, std::size_t sites, Phase phase = Phase::kImplement) {
  HistoryEntry entry;
  entry.event.verb = phase == Phase::kDesign ? "design-complete" : "implement-complete";
  entry.event.at = at;
  entry.event.rows.resize(sites);
  for (RowChange& row : entry.event.rows) {
    row.to = rule_of(phase).done;
  }
  entry.closing = Closing::kDone;
  return entry;
}

std::size_t counted(const Throughput& throughput, Phase phase) {
  return std::accumulate(throughput.stretches.begin(), throughput.stretches.end(), std::size_t{0},
                         [phase](std::size_t sum, const Stretch& stretch) {
                           return sum + stretch.completed[static_cast<std::size_t>(phase)];
                         });
}

TEST(ThroughputTest, WithoutACompletionPromisesNothing) {
  const Throughput throughput = throughput_of({}, kNow);
  EXPECT_TRUE(throughput.stretches.empty());
  EXPECT_FALSE(throughput.time_for(Phase::kImplement, 5));
}

TEST(ThroughputTest, CountsEveryCompletedSiteOnce) {
  for (const auto span :
       {seconds(1), seconds(3000), seconds(hours(5)), seconds(hours(24 * 40)), seconds(hours(24 * 4000))}) {
    std::vector<HistoryEntry> entries{completion(kNow - span, 3), completion(kNow - span / 2, 2, Phase::kDesign),
                                      completion(kNow, 4)};
    HistoryEntry undone = completion(kNow, 100);
    undone.closing = Closing::kVoid;
    entries.push_back(undone);
    const Throughput throughput = throughput_of(entries, kNow);
    EXPECT_EQ(counted(throughput, Phase::kImplement), 7U) << span.count();
    EXPECT_EQ(counted(throughput, Phase::kDesign), 2U) << span.count();
    EXPECT_LE(throughput.stretches.size(), 49U) << span.count();
  }
}

TEST(ThroughputTest, PaceIsThatOfTheLastDay) {
  const Throughput throughput =
      throughput_of({completion(kNow - hours(100), 1000), completion(kNow - hours(12), 24)}, kNow);
  EXPECT_EQ(throughput.time_for(Phase::kImplement, 12), std::optional<seconds>(hours(12)));
  EXPECT_FALSE(throughput.time_for(Phase::kDesign, 12)) << "none was designed";
}

TEST(ThroughputTest, PaceIsSinceTheFirstCompletionWhenThatIsLessThanADay) {
  const Throughput throughput = throughput_of({completion(kNow - hours(2), 2), completion(kNow - hours(1), 2)}, kNow);
  EXPECT_EQ(throughput.time_for(Phase::kImplement, 4), std::optional<seconds>(hours(2)));
}

TEST(ThroughputTest, SurvivesAClockThatWasSetBack) {
  const Throughput throughput = throughput_of({completion(kNow + hours(30), 2), completion(kNow - hours(1), 2)}, kNow);
  EXPECT_EQ(counted(throughput, Phase::kImplement), 4U);
}

}  // namespace
}  // namespace smbatcher::test
