#include <sys/wait.h>

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"
#include "tests/support/variants.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;

/// One batch of one site, and owners that come for it. Nothing here sleeps: `find-next --wait` returns when there is
/// work.
class LeaseEnd : public ::testing::Test {
 protected:
  LeaseEnd() { write_outputs(sandbox_, sites_); }

  const Sandbox& sandbox() const { return sandbox_; }

  ProcessResult claim(const std::string& owner, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> args{"--claim", "--owner", owner};
    args.insert(args.end(), more.begin(), more.end());
    return sandbox_.run("find-next", args);
  }
  /// A claim bound to `worker`.
  Json claim_for(const std::string& owner, const Process& worker) const {
    return json(claim(owner, {"--pid", std::to_string(worker.pid())}));
  }
  static Process worker() { return Process({.argv = {"sleep", "1000"}}); }
  static std::string token_of(const Json& claimed) { return std::to_string(number_of(claimed, "token")); }
  std::string status() const { return sandbox_.run("status").out; }

 private:
  std::vector<Sandbox::Site> sites_ = fleet(1, 1, "O");
  Sandbox sandbox_{sites_};
};

TEST_F(LeaseEnd, WorkIsAdoptedWhenTheTimeIsOver) {
  const Json first = json(claim("anna", {"--lease", "1s"}));
  const Json second = json(claim("ben", {"--wait", "30s"}));
  EXPECT_EQ(text_of(second, "action"), "adopt");
  EXPECT_GT(number_of(second, "token"), number_of(first, "token"));
  expect_fail(sandbox().run("heartbeat", {"--batch", "001", "--token", token_of(first)}), "FAIL:stale_claim:ben");
}

TEST_F(LeaseEnd, WorkThatNobodyTookCanBeCompletedLate) {
  const Json first = json(claim("anna", {"--lease", "1s"}));
  ASSERT_EQ(sandbox().run("find-next", {"--wait", "30s", "--owner", "ben"}).status, 0);
  const Json done = json(sandbox().run("implement-complete", {"--token", token_of(first), "--format", "json"}));
  EXPECT_NE(done.find("late"), nullptr);
  EXPECT_EQ(sandbox().status_of("s001-0.example"), "I");
}

TEST_F(LeaseEnd, AnEndedLeaseThatNobodyTookCanBeRenewed) {
  const Json first = json(claim("anna", {"--lease", "1s"}));
  ASSERT_EQ(sandbox().run("find-next", {"--wait", "30s", "--owner", "ben"}).status, 0);
  expect_ok(sandbox().run("heartbeat", {"--token", token_of(first)}), "OK:renewed");
  EXPECT_EQ(text_of(json(claim("ben")), "why"), "all_held");
}

TEST_F(LeaseEnd, ALateCompletionAfterATakeoverIsRefusedAndWritesNothing) {
  const Json first = json(claim("anna", {"--lease", "1s"}));
  ASSERT_EQ(claim("ben", {"--wait", "30s"}).status, 0);
  const std::string registry = sandbox().registry();
  const std::string history = sandbox().dir().read(".smbatcher/state/history.jsonl");
  for (const char* const tool : {"implement-complete", "release", "heartbeat", "implement-start"}) {
    expect_fail(sandbox().run(tool, {"--batch", "001", "--token", token_of(first)}), "FAIL:stale_claim:ben");
  }
  EXPECT_EQ(sandbox().registry(), registry);
  EXPECT_EQ(sandbox().dir().read(".smbatcher/state/history.jsonl"), history);
}

TEST_F(LeaseEnd, WorkOfAKilledProcessIsAdoptedAtOnce) {
  Process dead = worker();
  claim_for("anna", dead);
  EXPECT_EQ(claim("ben").status, 1);
  dead.kill(SIGKILL);
  dead.wait();
  EXPECT_EQ(text_of(json(claim("ben")), "action"), "adopt");
}

TEST_F(LeaseEnd, AZombieIsGone) {
  Process zombie = worker();
  claim_for("anna", zombie);
  zombie.kill(SIGKILL);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(zombie.pid()), &info, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(text_of(json(claim("ben")), "action"), "adopt");
}

TEST_F(LeaseEnd, AStoppedProcessIsNotGone) {
  Process stopped = worker();
  claim_for("anna", stopped);
  stopped.kill(SIGSTOP);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(stopped.pid()), &info, WSTOPPED | WNOWAIT), 0);
  EXPECT_EQ(text_of(json(claim("ben")), "why"), "all_held");
}

TEST_F(LeaseEnd, AnOwnerWhoseProcessLivesIsNotContinuedByAnother) {
  const Process anna = worker();
  const Json first = claim_for("anna", anna);
  EXPECT_EQ(text_of(json(claim("anna")), "reason"), "owner_in_use");
  EXPECT_EQ(number_of(claim_for("anna", anna), "token"), number_of(first, "token"));
  EXPECT_EQ(number_of(json(claim("anna", {"--token", token_of(first)})), "token"), number_of(first, "token"));
}

TEST_F(LeaseEnd, AttemptsAreCountedAndUsedUp) {
  sandbox().dir().write(".smbatcher/config.yml", "max_attempts: 2\n");
  for (const char* const owner : {"anna", "ben"}) {
    Process dead = worker();
    const Json claimed = claim_for(owner, dead);
    expect_ok(sandbox().run("implement-start", {"s001-0.example", "--token", token_of(claimed)}),
              "OK:marked_in_progress");
    dead.kill(SIGKILL);
    dead.wait();
  }
  const Json none = json(claim("carl"));
  EXPECT_EQ(text_of(none, "reason"), "no_work_found");
  EXPECT_EQ(text_of(none, "why"), "buried");
  EXPECT_EQ(sandbox().status_of("s001-0.example"), "O") << "it goes back to ready with the call that found it";
  EXPECT_THAT(status(), HasSubstr("buried by smbatcher: 2 attempts without completion"));
  expect_fail(sandbox().run("implement-start", {"s001-0.example"}), "FAIL:buried:s001-0.example");

  expect_ok(sandbox().run("kick", {"s001-0.example"}), "OK:kicked");
  EXPECT_THAT(status(), ::testing::Not(HasSubstr("buried")));
  EXPECT_EQ(text_of(json(claim("carl")), "action"), "start");
  EXPECT_THAT(sandbox().run("status", {"--format", "json"}).out, HasSubstr("\"attempts\":0"));
}

/// What two agents that die at the first of two sites leave to the third.
std::vector<std::string> violations_beside_a_dying_agent(const std::string& variant) {
  return violations_of([&] {
    const Sandbox sandbox(fleet(1, 2, "O"));
    sandbox.dir().write(".smbatcher/config.yml", "max_attempts: 2\n");
    const auto claim = [&](const std::string& owner, const std::vector<std::string>& more) {
      std::vector<std::string> args{"--claim", "--owner", owner};
      args.insert(args.end(), more.begin(), more.end());
      const Command command = sandbox.command("find-next", args);
      return json(run(variant.empty() ? command : in_variant(variant, command)));
    };
    for (const char* const owner : {"anna", "ben"}) {
      Process dead({.argv = {"sleep", "1000"}});
      const Json claimed = claim(owner, {"--pid", std::to_string(dead.pid())});
      const std::string token = std::to_string(number_of(claimed, "token"));
      EXPECT_EQ(sandbox.run("implement-start", {"s001-0.example", "--token", token}).status, 0);
      dead.kill(SIGKILL);
      dead.wait();
    }
    const Json given = claim("carl", {});
    EXPECT_EQ(strings_field(given, "sites"), std::vector<std::string>{"s001-1.example"})
        << "a neighbour that never ran is never buried";
  });
}

TEST(Attempts, ANeighbourThatNeverRanIsNeverBuried) {
  const auto found = violations_beside_a_dying_agent("");
  EXPECT_TRUE(found.empty()) << summary(found);
  EXPECT_FALSE(violations_beside_a_dying_agent("begins_at_claim").empty()) << "the control";
}

TEST_F(LeaseEnd, AgentsThatDieBeforeTheyBeginUseUpTheBatch) {
  sandbox().dir().write(".smbatcher/config.yml", "max_attempts: 2\n");
  for (const char* const owner : {"anna", "ben"}) {
    Process dead = worker();
    EXPECT_EQ(claim_for(owner, dead).find("reason"), nullptr);
    dead.kill(SIGKILL);
    dead.wait();
  }
  const Json none = json(claim("carl"));
  EXPECT_EQ(text_of(none, "why"), "given_up");
  EXPECT_THAT(text_of(none, "message"), HasSubstr("smbatcher kick --batch ID"));
  EXPECT_THAT(status(), HasSubstr("given up: 2 claims ended before the work on a site was begun; the latest: the lease "
                                  "of 'ben' ended. smbatcher kick --batch 001 takes it up again"));
  const Json shown = json(sandbox().run("status", {"--format", "json"}));
  ASSERT_NE(shown.find("unbegun"), nullptr) << shown.dump();
  EXPECT_EQ(number_of(*shown.find("unbegun"), "attempts"), 2);
  EXPECT_THAT(sandbox().run("status-report").out, HasSubstr("given up: batch 001 (implement): 2 claims ended"));
  expect_fail(sandbox().run("implement-start", {"s001-0.example"}), "FAIL:not_ready:O");
  expect_ok(sandbox().run("kick", {"--batch", "001"}), "OK:kicked");
  EXPECT_THAT(status(), ::testing::Not(HasSubstr("given up")));
  EXPECT_EQ(text_of(json(claim("carl")), "action"), "start");
}

TEST_F(LeaseEnd, AReleaseWithoutAttemptIsNotCounted) {
  sandbox().dir().write(".smbatcher/config.yml", "max_attempts: 1\n");
  for (int i = 0; i < 3; ++i) {
    const Json claimed = json(claim("anna"));
    ASSERT_EQ(number_of(claimed, "exit_code"), 0);
    expect_ok(sandbox().run("release", {"--token", token_of(claimed), "--no-attempt"}), "OK:released");
  }
  expect_ok(sandbox().run("release", {"--token", token_of(json(claim("anna")))}), "OK:released");
  EXPECT_EQ(text_of(json(claim("anna")), "why"), "given_up");
}

TEST_F(LeaseEnd, DelayedWorkIsGivenOutAfterItsDelay) {
  expect_ok(sandbox().run("release", {"--token", token_of(json(claim("anna"))), "--delay", "1s"}), "OK:released");
  EXPECT_EQ(text_of(json(claim("ben")), "why"), "delayed");
  EXPECT_EQ(text_of(json(claim("ben", {"--wait", "30s"})), "action"), "start");
}

TEST_F(LeaseEnd, WaitingReturnsWhenSomebodyReleases) {
  const Json first = json(claim("anna"));
  Process waiting(sandbox().command("find-next", {"--claim", "--owner", "ben", "--wait", "30s"}));
  expect_ok(sandbox().run("release", {"--token", token_of(first), "--delay", "0"}), "OK:released");
  EXPECT_EQ(text_of(json(waiting.wait()), "batch"), "001");
}

}  // namespace
}  // namespace smbatcher::test
