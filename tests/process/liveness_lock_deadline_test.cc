#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "tests/process/liveness_stopped_holder.h"
#include "tests/process/outcome_support.h"
#include "tests/process/queue_facts.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// How much later than a sleeper of the same second a waiter may end. The sleeper bears the load of the machine too.
milliseconds tolerance() {
  return milliseconds(std::getenv("SMB_SOAK") == nullptr ? 2500 : 100);  // NOLINT(concurrency-mt-unsafe)
}

class LockDeadline : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = why_no_stop(); !why.empty()) {
      GTEST_SKIP() << why;
    }
  }
  const Sandbox& sandbox() const { return sandbox_; }
  Command claim_by(const std::string& owner, const Args& more = {}) const {
    Args args{"--claim", "--owner", owner};
    args.insert(args.end(), more.begin(), more.end());
    return sandbox_.command("find-next", args);
  }

  /// The waiter gives up after one second, as a sleeper does that began with it; not before, and not much later.
  static ProcessResult expect_timeout_in_time(const Command& waiter) {
    const auto begin = steady_clock::now();
    Process waiting(waiter);
    Process sleeping({.argv = {"sleep", "1"}});
    steady_clock::time_point awake;
    std::thread sleeper([&] {
      sleeping.wait();
      awake = steady_clock::now();
    });
    ProcessResult result = waiting.wait();
    const auto end = steady_clock::now();
    sleeper.join();
    EXPECT_EQ(text_of(json(result), "error"), "lock_timeout");
    EXPECT_GE(end - begin, milliseconds(1000));
    const auto late = duration_cast<milliseconds>(end - awake);
    std::cout << "the waiter ended " << late.count() << " ms after the sleeper\n";
    EXPECT_LE(late, tolerance());
    return result;
  }

 private:
  std::vector<Sandbox::Site> sites_ = fleet(2, 1, "O");
  Sandbox sandbox_{sites_};
};

TEST_F(LockDeadline, HoldsAndNamesAHolderThatIsStopped) {
  StoppedHolder holder(claim_by("anna"));
  const std::string registry = sandbox().registry();
  const Json refused = json(expect_timeout_in_time(claim_by("ben", {"--lock-timeout", "1"})));
  const Json named = child(refused, "holder");
  EXPECT_EQ(number_of(named, "pid"), holder.pid());
  EXPECT_EQ(text_of(named, "owner") + " " + text_of(named, "command"), "anna find-next");
  EXPECT_EQ(sandbox().registry(), registry);
  EXPECT_EQ(text_of(json(holder.go_on()), "batch"), "001");
  EXPECT_EQ(text_of(json(test::run(claim_by("ben"))), "batch"), "002");
}

TEST_F(LockDeadline, HoldsThoughEveryFlockIsDelayed) {
  const StoppedHolder holder(claim_by("anna"));
  Command slow = claim_by("ben", {"--lock-timeout", "1"});
  slow.env["ASAN_OPTIONS"] = "detect_leaks=0";
  slow.argv.insert(slow.argv.begin(),
                   {"strace", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:delay_enter=20000", "--"});
  expect_timeout_in_time(slow);
}

TEST_F(LockDeadline, CheckFindsAWaiterThatIsLate) {
  const StoppedHolder holder(claim_by("anna"));
  EXPECT_FALSE(violations_of([&] { expect_timeout_in_time(claim_by("ben", {"--lock-timeout", "5"})); }).empty());
  EXPECT_FALSE(violations_of([&] { expect_timeout_in_time(claim_by("ben", {"--lock-timeout", "0"})); }).empty());
}

}  // namespace
}  // namespace smbatcher::test
