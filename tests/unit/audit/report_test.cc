#include "libregistry/audit/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/audit/support.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kHeadings =
    "EXECUTIVE SUMMARY\nREPOSITORY METRICS VALIDATION\nFILE INVENTORY\nSENSITIVE DATA SCAN\nAUTOMATION DETECTION\n"
    "GIT ANALYSIS\nGITHUB PUBLICATION READINESS\nRECOMMENDATIONS\n";

std::string whole_report() {
  return kHeadings + std::string("12 LOC in 3 Files after 2 Commits\n") + std::string(5000, 'x');
}

TEST(AuditReport, IsCompleteWithAllHeadings) {
  const ReportFindings findings = check_report(whole_report());
  EXPECT_TRUE(findings.complete());
  EXPECT_THAT(findings.warnings, IsEmpty());
}

TEST(AuditReport, LacksWhatIsNotThereInCapitals) {
  std::string text = whole_report();
  text.replace(text.find("GIT ANALYSIS"), 12, "Git Analysis");
  text.replace(text.find("RECOMMENDATIONS"), 15, "...............");
  EXPECT_THAT(check_report(text).missing, ElementsAre("GIT ANALYSIS", "RECOMMENDATIONS"));
}

TEST(AuditReport, OfHeadingsAloneIsCompleteAndDoubtful) {
  EXPECT_TRUE(check_report(kHeadings).complete());
  EXPECT_THAT(check_report(kHeadings).warnings,
              ElementsAre("it is short: 162 characters, fewer than 5000", "it says nothing about lines of code",
                          "it says nothing about files", "it says nothing about commits"));
}

TEST(AuditReport, WarnsOfWhatIsUnfinished) {
  EXPECT_THAT(check_report(whole_report() + "TODO FIXME [PLACEHOLDER] TBD").warnings,
              ElementsAre("it still contains TODO", "it still contains FIXME", "it still contains [PLACEHOLDER]",
                          "it still contains TBD"));
}

TEST(AuditReport, CountsCharactersNotBytes) {
  std::string text;
  for (int i = 0; i < 4999; ++i) {
    text += "ä";
  }
  EXPECT_EQ(check_report(text).warnings[0], "it is short: 4999 characters, fewer than 5000");
  EXPECT_NE(check_report(text + "ä").warnings[0].substr(0, 11), "it is short");
}

TEST(AuditReport, MayBeOfAnyDaySinceTheAuditBegan) {
  const FakeClock clock;
  const ReportDays days = ReportDays::since("2026-11-17T23:30:00.000000Z", clock.now().wall);
  for (const char* const day : {"2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17"}) {
    EXPECT_EQ(std::count(days.days.begin(), days.days.end(), day), 1) << day;
  }
  EXPECT_LE(days.days.size(), 6U);  // local time may add one at each end
  EXPECT_EQ(ReportDays::since("soon", clock.now().wall).days, ReportDays::since("", clock.now().wall).days);
  EXPECT_LE(ReportDays::since("1970-01-01T00:00:00Z", clock.now().wall).days.size(), 810U);
}

TEST(AuditReport, IsFoundOnTheNewestDayAndInTheFirstFolder) {
  const TempDir dir;
  FileOps& ops = system_file_ops();
  const std::vector<std::string> folders{dir.at("a"), dir.at("b")};
  const ReportDays days{{"2026-11-20", "2026-11-19"}};
  EXPECT_EQ(reason(find_report(ops, folders, "x", days)), "report_not_found");
  dir.write("a/x_COMPLETE_AUDIT_2026-11-19.txt", "");
  EXPECT_EQ(find_report(ops, folders, "x", days)->path, dir.at("a/x_COMPLETE_AUDIT_2026-11-19.txt"));
  dir.write("b/x_COMPLETE_AUDIT_2026-11-20.txt", "");
  EXPECT_EQ(find_report(ops, folders, "x", days)->path, dir.at("b/x_COMPLETE_AUDIT_2026-11-20.txt"));
  dir.write("a/x_COMPLETE_AUDIT_2026-11-20.txt", "\xff");
  EXPECT_EQ(reason(find_report(ops, folders, "x", days)), "report_unreadable");
}

TEST(AuditReport, KnowsADay) {
  EXPECT_TRUE(is_day("2026-11-20"));
  for (const char* const text : {"", "2026-02-30", "20261120", "2026-1-1", "../../../x", "2026-11-20 "}) {
    EXPECT_FALSE(is_day(text)) << text;
  }
}

}  // namespace
}  // namespace smbatcher::test
