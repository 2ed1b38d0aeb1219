#include "libregistry/audit/statistics.h"

#include <gtest/gtest.h>

namespace smbatcher::test {
namespace {

Json counts(int total, int audited, int remaining, int ready = 0) {
  return JsonObject{{"total_repositories", total}, {"audited", audited},    {"in_progress", 1},
                    {"remaining", remaining},      {"percent_complete", 0}, {"github_ready_count", ready},
                    {"high_risk_count", 7},        {"mine", "stays"}};
}

std::string counted(const Json& before, const CountedAudit& audit) { return Json(count_audit(before, audit)).dump(); }

std::string expected(int total, int audited, int remaining, int percent, int ready) {
  return Json(JsonObject{{"total_repositories", total},
                         {"audited", audited},
                         {"in_progress", 0},
                         {"remaining", remaining},
                         {"percent_complete", percent},
                         {"github_ready_count", ready},
                         {"high_risk_count", 7},
                         {"mine", "stays"}})
      .dump();
}

TEST(AuditStatistics, CountAnAuditFromTheQueue) {
  EXPECT_EQ(counted(counts(3, 0, 3), {true, false, true}), expected(3, 1, 2, 33, 1));
  EXPECT_EQ(counted(counts(3, 1, 2, 1), {true, false, false}), expected(3, 2, 1, 67, 1));
}

TEST(AuditStatistics, RoundHalvesToTheEvenPercentAsPythonDoes) {
  EXPECT_EQ(counted(counts(200, 0, 200), {true, false, false}), expected(200, 1, 199, 0, 0));  // 0.5
  EXPECT_EQ(counted(counts(200, 2, 198), {true, false, false}), expected(200, 3, 197, 2, 0));  // 1.5
  EXPECT_EQ(counted(counts(200, 4, 196), {true, false, false}), expected(200, 5, 195, 2, 0));  // 2.5
}

TEST(AuditStatistics, StandATotalOfZero) {
  EXPECT_EQ(counted(counts(0, 0, 0), {false, false, false}), expected(1, 1, 0, 100, 0));
  EXPECT_EQ(counted(counts(0, 0, 0), {true, false, false}), expected(1, 1, 0, 100, 0));
  EXPECT_EQ(counted(counts(0, 0, 0), {false, true, false}), expected(0, 0, 0, 0, 0));
}

TEST(AuditStatistics, AreNeverNegativeNorOverAHundredPercent) {
  EXPECT_EQ(counted(counts(1, 1, 0), {true, false, false}), expected(2, 2, 0, 100, 0));
  EXPECT_EQ(counted(counts(1, 2, -2), {true, false, false}), expected(3, 3, 0, 100, 0));
  EXPECT_EQ(counted(counts(-4, -1, -1), {true, false, false}), expected(1, 1, 0, 100, 0));
}

TEST(AuditStatistics, CountARepositoryOutsideTheQueueOnce) {
  EXPECT_EQ(counted(counts(3, 1, 2), {false, false, true}), expected(4, 2, 2, 50, 1));
  EXPECT_EQ(counted(counts(3, 1, 2, 1), {false, true, false}), expected(3, 1, 2, 33, 1));
}

TEST(AuditStatistics, FillInWhatIsMissing) {
  EXPECT_EQ(counted(JsonObject{{"audited", "x"}}, {true, false, false}),
            R"({"audited":1,"in_progress":0,"total_repositories":1,"remaining":0,"percent_complete":100,)"
            R"("github_ready_count":0})");
}

}  // namespace
}  // namespace smbatcher::test
