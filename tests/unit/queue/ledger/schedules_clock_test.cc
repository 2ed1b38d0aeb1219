#include "tests/unit/queue/ledger/orders_promises.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// A lease of two hours while somebody sets the clock, on the same boot and across a restart.

/// A clock that names no boot: a lease can then be judged by the wall clock only, as if there were no other.
class WallClockOnly final : public Clock {
 public:
  explicit WallClockOnly(const FakeClock& clock) : clock_(&clock) {}
  Instant now() const override {
    Instant now = clock_->now();
    now.boot.clear();
    return now;
  }

 private:
  const FakeClock* clock_;
};

struct Setting {
  hours by;      // the wall clock is set by this much
  bool restart;  // the machine starts anew meanwhile
  std::string name() const { return "set by " + std::to_string(by.count()) + " h" + (restart ? ", restarted" : ""); }
};

std::vector<Setting> all_settings() {
  std::vector<Setting> all;
  for (const bool restart : {false, true}) {
    for (const int by : {-365 * 24, -24, 24, 365 * 24}) {
      all.push_back({hours(by), restart});
    }
  }
  return all;
}

/// a1 claims, and half an hour later the clock is set. From then on, and across a restart from when it is first looked
/// at, b1 gets the work when a1's two hours are over: not before, and then at once.
Violations violations_when(const Setting& setting, bool wall_clock_only) {
  Bench bench({{"a.example", "001", 'O'}});
  const WallClockOnly wall_clock(bench.clock);
  QueueContext queue = bench.queue();
  queue.clock = wall_clock_only ? static_cast<const Clock*>(&wall_clock) : &bench.clock;
  const auto claim_by = [&](const std::string& owner) {
    return said(change(queue, [&](Draft& draft) { return claim(draft, Bench::request(owner)); }));
  };
  Violations found;
  const auto expect = [&](const std::string& answer, const std::string& expected, const std::string& when) {
    if (answer != expected) {
      found.push_back(setting.name() + ", " + when + ": " + answer + " instead of " + expected);
    }
  };
  expect(claim_by("a1"), "ok", "first");
  bench.clock.advance(minutes(30));
  bench.clock.step_wall(setting.by);
  if (setting.restart) {
    bench.clock.set_boot("boot-2");
  }
  expect(claim_by("b1"), "no_work_found:all_held", "right after it");
  // A restarted machine cannot know what was renewed: the lease begins anew.
  bench.clock.advance(minutes(setting.restart ? 119 : 89));
  expect(claim_by("b1"), "no_work_found:all_held", "a minute before the end");
  bench.clock.advance(minutes(1));
  expect(claim_by("b1"), "ok", "at the end");
  return found;
}

TEST(ClockSettings, NeitherFreeNorFreezeALease) {
  for (const Setting& setting : all_settings()) {
    for (const std::string& violation : violations_when(setting, false)) {
      ADD_FAILURE() << violation;
    }
  }
}

TEST(ClockSettings, AreFoundToFreeAndFreezeLeasesOnTheWallClockAlone) {
  EXPECT_FALSE(violations_when({hours(24), false}, true).empty());
  EXPECT_FALSE(violations_when({hours(-24), false}, true).empty());
}

TEST(ClockSettings, LeaveADelayAsLongAsItWas) {
  for (const int by : {-24, 24}) {
    Bench bench({{"a.example", "001", 'O'}});
    ASSERT_TRUE(bench.claim("a1"));
    ASSERT_TRUE(bench.release({{}, batch_target("001"), minutes(10), true}, named("a1")));
    bench.clock.step_wall(hours(by));
    bench.clock.advance(minutes(9));
    EXPECT_EQ(said(bench.claim("b1")), "no_work_found:delayed");
    bench.clock.advance(minutes(1));
    EXPECT_EQ(said(bench.claim("b1")), "ok");
  }
}

}  // namespace
}  // namespace smbatcher::test
