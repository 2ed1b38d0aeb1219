#include "libregistry/core/leases/lease.h"

#include <gtest/gtest.h>

#include "libregistry/core/leases/attempts.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/core/leases/fake_processes.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kSkew{60};

TEST(Deadline, PassesByTheBootClockOnItsOwnBoot) {
  FakeClock clock;
  const Deadline deadline = Deadline::after(clock.now(), seconds(10));
  clock.advance(milliseconds(9999));
  EXPECT_FALSE(deadline.passed(clock.now(), kSkew));
  EXPECT_EQ(deadline.left(clock.now(), kSkew), milliseconds(1));
  clock.advance(milliseconds(1));
  EXPECT_TRUE(deadline.passed(clock.now(), kSkew));
}

TEST(Deadline, StepsOfADayOnOneBootDoNotMoveIt) {
  for (const int hours_off : {-24, 24}) {
    FakeClock clock;
    const Deadline deadline = Deadline::after(clock.now(), seconds(10));
    clock.step_wall(hours(hours_off));
    EXPECT_EQ(deadline.left(clock.now(), kSkew), seconds(10));
    clock.advance(seconds(10));
    EXPECT_TRUE(deadline.passed(clock.now(), kSkew));
  }
}

TEST(Deadline, OnAnotherBootPassesByTheWallClockAndNeverEarly) {
  FakeClock clock;
  const Deadline deadline = Deadline::after(clock.now(), seconds(10));
  clock.set_boot("boot-2", hours(9));
  clock.advance(seconds(69));
  EXPECT_FALSE(deadline.passed(clock.now(), kSkew));
  clock.advance(seconds(1));
  EXPECT_TRUE(deadline.passed(clock.now(), kSkew));
}

TEST(Deadline, AnEmptyBootIsNoBootInCommon) {
  FakeClock clock;
  clock.set_boot("");
  const Deadline deadline = Deadline::after(clock.now(), seconds(10));
  clock.set_boot("", hours(9));
  EXPECT_FALSE(deadline.passed(clock.now(), kSkew));
}

TEST(Lease, LivesItsLengthAndIsRenewedForItsLength) {
  FakeClock clock;
  const FakeProcesses processes;
  Lease lease = grant(3, "a1", seconds(100), std::nullopt, clock.now());
  EXPECT_EQ(lease.token, 3U);
  EXPECT_EQ(lease.acquired, clock.now().wall);
  clock.advance(seconds(99));
  EXPECT_TRUE(is_live(lease, clock.now(), kSkew, processes));
  EXPECT_EQ(seconds_left(lease, clock.now(), kSkew), seconds(1));
  renew(lease, clock.now());
  EXPECT_EQ(seconds_left(lease, clock.now(), kSkew), seconds(100));
  clock.advance(seconds(100));
  EXPECT_FALSE(is_live(lease, clock.now(), kSkew, processes));
  EXPECT_EQ(seconds_left(lease, clock.now(), kSkew), seconds(0));
  EXPECT_EQ(lease.acquired + seconds(99), lease.renewed);
}

TEST(Lease, SecondsLeftAreRoundedUp) {
  FakeClock clock;
  const Lease lease = grant(3, "a1", seconds(100), std::nullopt, clock.now());
  clock.advance(milliseconds(99001));
  EXPECT_EQ(seconds_left(lease, clock.now(), kSkew), seconds(1));
}

TEST(Lease, EndsWithItsProcessOnlyWhereThatIsProvable) {
  FakeClock clock;
  FakeProcesses processes;
  processes.running[10] = 77;
  const Lease lease = grant(3, "a1", seconds(100), ProcessRef{10, 77, "boot-1", "pid:[1]"}, clock.now());
  EXPECT_TRUE(is_live(lease, clock.now(), kSkew, processes));
  processes.running[10] = 78;
  EXPECT_FALSE(is_live(lease, clock.now(), kSkew, processes));
  processes.space = "pid:[2]";
  EXPECT_TRUE(is_live(lease, clock.now(), kSkew, processes));
  processes.space = "pid:[1]";
  clock.set_boot("boot-2");
  EXPECT_TRUE(is_live(lease, clock.now(), kSkew, processes));
}

TEST(Lease, RunsItsFullLengthFromWhenAnotherBootFirstSeesIt) {
  FakeClock clock;
  Lease lease = grant(3, "a1", seconds(100), std::nullopt, clock.now());
  clock.advance(seconds(90));
  clock.set_boot("boot-2");
  EXPECT_TRUE(adjust_to_boot(lease, clock.now()));
  EXPECT_EQ(seconds_left(lease, clock.now(), kSkew), seconds(100));
  clock.advance(seconds(50));
  EXPECT_FALSE(adjust_to_boot(lease, clock.now()));
  EXPECT_EQ(seconds_left(lease, clock.now(), kSkew), seconds(50));
}

TEST(Lease, AlternatingBootsDoNotProlongItForEver) {
  FakeClock clock;
  const FakeProcesses processes;
  Lease lease = grant(3, "a1", seconds(100), std::nullopt, clock.now());
  for (int i = 0; i < 8; ++i) {
    clock.set_boot(i % 2 == 0 ? "boot-2" : "boot-1", hours(2) + seconds(60 * i));
    clock.advance(seconds(60));
    adjust_to_boot(lease, clock.now());
  }
  EXPECT_FALSE(is_live(lease, clock.now(), kSkew, processes));
}

TEST(Lease, ExpiryFurtherAheadThanItsLengthIsCutToIt) {
  FakeClock clock;
  clock.step_wall(hours(24 * 365));  // granted while the clock was a year ahead
  Lease lease = grant(3, "a1", seconds(100), std::nullopt, clock.now());
  lease.seen_on.emplace_back("boot-2");
  clock.step_wall(-hours(24 * 365));
  clock.set_boot("boot-2");
  EXPECT_TRUE(adjust_to_boot(lease, clock.now()));
  EXPECT_EQ(seconds_left(lease, clock.now(), kSkew), seconds(100));
}

TEST(Attempts, AreDelayedUntilTheirMoment) {
  FakeClock clock;
  Attempts attempts;
  EXPECT_FALSE(attempts.delayed(clock.now(), kSkew));
  attempts.not_before = Deadline::after(clock.now(), seconds(5));
  EXPECT_TRUE(attempts.delayed(clock.now(), kSkew));
  clock.advance(seconds(5));
  EXPECT_FALSE(attempts.delayed(clock.now(), kSkew));
}

}  // namespace
}  // namespace smbatcher::test
