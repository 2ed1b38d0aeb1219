#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/crash/killing.h"
#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

using ::testing::AnyOf;

constexpr int kRounds = 100;

/// Two batches that are claimed and given back again and again, and so come back to the same bytes.
class KillClaim : public ::testing::Test {
 protected:
  KillClaim() {
    write_outputs(sandbox_, sites_);
    sandbox_.dir().write(".smbatcher/config.yml", "retry: {max_attempts: 1000, delay: {first: 0}}\n");
  }
  void TearDown() override { expect_history_explains_registry(sandbox_, sites_); }

  const Sandbox& sandbox() const { return sandbox_; }
  Killer& killer() { return killer_; }
  std::string folder() const { return sandbox_.dir().at(".smbatcher"); }

  Command claim_by(const std::string& owner, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> args{"--claim", "--owner", owner};
    args.insert(args.end(), more.begin(), more.end());
    return sandbox_.command("find-next", args);
  }
  /// Claims batch 001 for anna; its token, which is higher than all before.
  std::string claim() {
    const std::int64_t token = number_of(json(test::run(claim_by("anna", {"--batch", "001"}))), "token");
    EXPECT_GT(token, highest_);
    highest_ = token;
    return std::to_string(token);
  }
  void give_back(const Json& claimed) const {
    expect_ok(sandbox_.run("release", {"--batch", text_of(claimed, "batch"), "--token",
                                       std::to_string(number_of(claimed, "token"))}),
              "OK:released");
  }
  /// The registry's bytes with batch 001 at this status.
  std::string with_first_batch_at(const std::string& status) const {
    auto sites = sites_;
    sites[0].status = sites[1].status = status;
    return Sandbox::registry_text(sites);
  }
  void expect_higher_token(const Json& claimed) {
    EXPECT_GT(number_of(claimed, "token"), highest_);
    highest_ = number_of(claimed, "token");
  }

 private:
  std::vector<Sandbox::Site> sites_ = fleet(2, 2, "O");
  Sandbox sandbox_{sites_};
  Killer killer_;
  std::int64_t highest_ = 0;
};

TEST_F(KillClaim, FindNextIsOldOrNewAndRepeatedByItsOwnersNextClaim) {
  const std::string old_bytes = with_first_batch_at("O");
  const std::string new_bytes = with_first_batch_at("i");
  give_back(json(killer().time(claim_by("first"))));
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const std::string owner = "a" + std::to_string(round);
    const ProcessResult killed = killer().run_and_kill(claim_by(owner), folder());
    const std::string bytes = sandbox().registry();
    ASSERT_THAT(bytes, AnyOf(old_bytes, new_bytes));
    const bool published = bytes == new_bytes;
    killer().count(killed, published);
    const bool reported = killed.out.ends_with("\n");
    EXPECT_TRUE(!reported || published) << "a claim was reported that is not in the registry: " << killed.out;

    // Somebody else comes at once, and gets what the dead call does not hold.
    const Json other = json(test::run(claim_by("other")));
    EXPECT_EQ(text_of(other, "batch"), published ? "002" : "001");
    const Json again = json(test::run(claim_by(owner)));
    EXPECT_EQ(text_of(again, "batch"), published ? "001" : "002");
    EXPECT_EQ(text_of(again, "action"), published ? "continue" : "start");
    if (reported) {
      ProcessResult whole = killed;
      whole.status = 0;
      whole.signal = 0;
      whole.err.clear();  // a sanitizer that dies with it may have said so
      EXPECT_EQ(number_of(json(whole), "token"), number_of(again, "token"));
    }
    expect_higher_token(published ? again : other);
    expect_higher_token(published ? other : again);
    give_back(again);
    give_back(other);
    EXPECT_EQ(sandbox().registry(), old_bytes);
  }
  killer().expect_both_sides_hit();
}

TEST_F(KillClaim, HeartbeatLeavesTheLeaseWithItsHolder) {
  const std::string token = claim();
  const std::string registry = sandbox().registry();
  const std::string history = sandbox().dir().read(".smbatcher/state/history.jsonl");
  const Command heartbeat = sandbox().command("heartbeat", {"--batch", "001", "--token", token});
  killer().time(heartbeat);
  for (int round = 0; round < kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const std::string before = sandbox().dir().read(".smbatcher/state/claims/implement-001.json");
    const ProcessResult killed = killer().run_and_kill(heartbeat, folder() + "/state/claims");
    killer().count(killed, sandbox().dir().read(".smbatcher/state/claims/implement-001.json") != before);
    expect_fail(sandbox().run("find-next", {"--claim", "--batch", "001", "--owner", "ben", "--format", "text"}),
                "FAIL:held:anna");
    EXPECT_EQ(test::run(heartbeat).out, "OK:renewed\n");
    EXPECT_EQ(sandbox().registry(), registry);
    EXPECT_EQ(sandbox().dir().read(".smbatcher/state/history.jsonl"), history);
  }
}

TEST_F(KillClaim, CompletionIsOldOrNewAndCanBeRepeated) {
  const std::string old_bytes = with_first_batch_at("i");
  const std::string new_bytes = with_first_batch_at("I");
  for (int round = 0; round <= kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Command complete = sandbox().command("implement-complete", {"--batch", "001", "--token", claim()});
    if (round == 0) {
      killer().time(complete);
    } else {
      const ProcessResult killed = killer().run_and_kill(complete, folder());
      const std::string bytes = sandbox().registry();
      ASSERT_THAT(bytes, AnyOf(old_bytes, new_bytes));
      killer().count(killed, bytes == new_bytes);
      EXPECT_TRUE(killed.out.empty() || bytes == new_bytes);
      expect_fail(sandbox().run("find-next", {"--claim", "--batch", "001", "--owner", "ben", "--format", "text"}),
                  bytes == new_bytes ? "FAIL:not_ready:I" : "FAIL:held:anna");
    }
    EXPECT_EQ(test::run(complete).out, "OK:marked_complete:2/2\n");
    EXPECT_EQ(sandbox().registry(), new_bytes);
    expect_ok(sandbox().run("reopen", {"--batch", "001", "--why", "round " + std::to_string(round)}), "OK:reopened");
  }
  killer().expect_both_sides_hit();
}

TEST_F(KillClaim, ReleaseIsOldOrNewAndCanBeRepeated) {
  const std::string old_bytes = with_first_batch_at("i");
  const std::string new_bytes = with_first_batch_at("O");
  for (int round = 0; round <= kRounds && !HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Command release = sandbox().command("release", {"--batch", "001", "--token", claim()});
    if (round == 0) {
      killer().time(release);
    } else {
      const ProcessResult killed = killer().run_and_kill(release, folder());
      const std::string bytes = sandbox().registry();
      ASSERT_THAT(bytes, AnyOf(old_bytes, new_bytes));
      killer().count(killed, bytes == new_bytes);
      EXPECT_TRUE(killed.out.empty() || bytes == new_bytes);
    }
    EXPECT_EQ(test::run(release).out, "OK:released\n");
    EXPECT_EQ(sandbox().registry(), new_bytes);
  }
  killer().expect_both_sides_hit();
}

}  // namespace
}  // namespace smbatcher::test
