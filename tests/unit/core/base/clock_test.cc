#include "libregistry/core/base/clock.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace smbatcher {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

WallTime at(int year, unsigned month, unsigned day) {
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day));
}

TEST(Time, PrintsUtcWithoutAndWithMilliseconds) {
  const WallTime time = at(2026, 11, 20) + hours(18) + minutes(2) + seconds(3) + milliseconds(45);
  EXPECT_EQ(format_time(time), "2026-11-20T18:02:03Z");
  EXPECT_EQ(format_time_ms(time), "2026-11-20T18:02:03.045Z");
}

TEST(Time, RoundsDownToTheSecond) {
  EXPECT_EQ(format_time(at(2026, 1, 1) + milliseconds(999)), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_time(at(1970, 1, 1) - milliseconds(1)), "1969-12-31T23:59:59Z");
}

TEST(Time, ReadsWhatItPrints) {
  for (const WallTime time : {at(1970, 1, 1), at(2024, 2, 29) + milliseconds(1), at(2099, 12, 31) + hours(23)}) {
    EXPECT_EQ(parse_time(format_time_ms(time)).value(), time);
  }
}

TEST(Time, ReadsEveryFormOfOneMoment) {
  const WallTime time = at(2026, 11, 20) + hours(18) + milliseconds(250);
  for (const char* text :
       {"2026-11-20T18:00:00.25Z", "2026-11-20t18:00:00.250z", "2026-11-20T18:00:00.2509999Z",
        "2026-11-20T20:00:00.25+02:00", "2026-11-20T12:30:00.25-05:30", "2026-11-21T00:00:00.250+06:00"}) {
    EXPECT_EQ(parse_time(text).value_or(WallTime{}), time) << text;
  }
}

TEST(Time, RefusesWhatIsNoMoment) {
  for (const char* text : {"",
                           "2026-11-20",
                           "2026-11-20 18:00:00Z",
                           "2026-11-20T18:00:00",
                           "2026-11-20T18:00Z",
                           "2026-13-20T18:00:00Z",
                           "2026-02-30T18:00:00Z",
                           "2025-02-29T18:00:00Z",
                           "2026-11-20T24:00:00Z",
                           "2026-11-20T18:60:00Z",
                           "2026-11-20T18:00:61Z",
                           "2026-11-20T18:00:00Zx",
                           "2026-11-20T18:00:00+2:00",
                           "2026-11-20T18:00:00+24:00",
                           "2026-11-20T18:00:00.Z",
                           "26-11-20T18:00:00Z",
                           "2026-1-20T18:00:00Z",
                           "2026--1-20T18:00:00Z",
                           "+026-11-20T18:00:00Z",
                           "2026\r11-20T18:00:00Z",
                           "2026-11-20T18\x1a"
                           "00:00Z"}) {
    const auto parsed = parse_time(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::kMalformed) << text;
  }
}

TEST(Duration, ReadsSecondsMinutesHoursAndDays) {
  EXPECT_EQ(parse_duration("90s").value(), seconds(90));
  EXPECT_EQ(parse_duration("30m").value(), seconds(1800));
  EXPECT_EQ(parse_duration("2h").value(), seconds(7200));
  EXPECT_EQ(parse_duration("1d").value(), seconds(86400));
  EXPECT_EQ(parse_duration("45").value(), seconds(45));
  EXPECT_EQ(parse_duration("0").value(), seconds(0));
}

TEST(Duration, RefusesOthersAsAUsageFault) {
  for (const char* text : {"", "s", "h2", "-1s", "+1s", "1.5h", "1 h", " 1", "1w", "2H", "1h30m", "0x10",
                           "99999999999999999999s", "9223372036854775807d", "4000d"}) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::kUsage) << text;
    EXPECT_NE(parsed.error().message.find("'" + std::string(text) + "'"), std::string::npos) << text;
  }
}

TEST(Duration, IsDescribedInAtMostTwoUnits) {
  EXPECT_EQ(describe_duration(seconds(40)), "40 s");
  EXPECT_EQ(describe_duration(seconds(60)), "1 min");
  EXPECT_EQ(describe_duration(seconds(29 * 60 + 59)), "29 min");
  EXPECT_EQ(describe_duration(hours(1)), "1 h");
  EXPECT_EQ(describe_duration(hours(2) + minutes(5)), "2 h 5 min");
}

TEST(SystemClock, NamesOneBootAndNeverGoesBack) {
  const SystemClock clock;
  const Instant first = clock.now();
  const Instant second = clock.now();
  EXPECT_FALSE(first.boot.empty());
  EXPECT_EQ(first.boot, second.boot);
  EXPECT_GE(second.since_boot, first.since_boot);
  EXPECT_GT(first.since_boot.count(), 0);
  EXPECT_GT(first.wall, at(2024, 1, 1));
}

TEST(FakeClock, StepsItsClocksApart) {
  test::FakeClock clock;
  const Instant begin = clock.now();
  clock.advance(seconds(5));
  clock.step_wall(hours(-24));
  EXPECT_EQ(clock.now().wall - begin.wall, seconds(5) - hours(24));
  EXPECT_EQ(clock.now().since_boot - begin.since_boot, seconds(5));
  clock.set_boot("boot-2");
  EXPECT_EQ(clock.now().boot, "boot-2");
  EXPECT_LT(clock.now().since_boot, begin.since_boot);
}

}  // namespace
}  // namespace smbatcher
