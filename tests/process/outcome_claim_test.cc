#include <gmock/gmock.h>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// check-claim, heartbeat, release and reap: what each answers to the holder, to others and to late callers.

const std::vector<Sandbox::Site> kTwo{{"a.example", "003", "O"}, {"b.example", "003", "O"}, {"c.example", "004", "O"}};

std::string not_claimed(const std::string& batch, const std::string& phase = "implement") {
  return "FAIL:not_claimed:" + batch + "\nthere is no claim on batch '" + batch + "' (" + phase +
         ") for this caller; claim it first: smbatcher find-next --phase " + phase + " --batch " + batch + " --claim\n";
}

std::string stale(const std::string& token, const std::string& holder) {
  return "FAIL:stale_claim:" + holder + "\ntoken " + token +
         " no longer holds batch '003' (implement), which is with '" + holder +
         "' now: stop this work and claim again\n";
}

class OfAClaim : public testing::TestWithParam<std::string> {};

TEST_P(OfAClaim, RefusesOneThatIsNotThere) {
  const Sandbox sandbox(kTwo);
  expect_exactly(sandbox, GetParam(), {"--batch", "3", "--token", "7"}, 1, not_claimed("003"));
  expect_exactly(sandbox, GetParam(), {"--batch", "3", "--owner", "a1"}, 1, not_claimed("003"));
  expect_exactly(sandbox, GetParam(), {"--token", "7"}, 1, "FAIL:not_claimed\nthere is no claim with token 7\n");
}

TEST_P(OfAClaim, RefusesAStaleTokenAndNamesTheHolder) {
  const Sandbox sandbox(kTwo);
  const std::string old = lapsed_claim_for(sandbox, "a1");
  claim_for(sandbox, "a2", {"--batch", "3"});
  expect_untouched(sandbox, GetParam(), {"--batch", "3", "--token", old}, 1, "FAIL:stale_claim:a2");
  expect_exactly(sandbox, GetParam(), {"--batch", "3", "--token", old}, 1, stale(old, "a2"));
  const Json answer = ask(sandbox, GetParam(), {"--batch", "3", "--token", old});
  EXPECT_EQ(text_of(answer, "reason") + " " + text_of(answer, "batch") + " " + text_of(answer, "holder"),
            "stale_claim 003 a2");
}

TEST_P(OfAClaim, RefusesAStaleTokenAfterAReapToNobody) {
  const Sandbox sandbox(kTwo);
  const std::string token = claim_for(sandbox, "a1");
  expect_exactly(sandbox, "reap", {"--batch", "3", "--force", "--why", "stuck"}, 0, "OK:reaped:1\n003\n");
  expect_exactly(sandbox, GetParam(), {"--batch", "3", "--token", token}, 1, stale(token, "nobody"));
}

TEST_P(OfAClaim, RefusesOneThatSomebodyElseHolds) {
  const Sandbox sandbox(kTwo);
  claim_for(sandbox, "a1");
  const Json answer = ask(sandbox, GetParam(), {"--batch", "3", "--owner", "a2"});
  EXPECT_EQ(text_of(answer, "reason") + " " + text_of(answer, "owner"), "held a1");
  EXPECT_GT(number_of(answer, "retry_after_s"), 7190);
  expect_fail(sandbox.run(GetParam(), {"--batch", "3"}), "FAIL:held:a1");
}

TEST_P(OfAClaim, NeedsTheWorkToBeNamed) {
  const Sandbox sandbox(kTwo);
  expect_exactly(sandbox, GetParam(), {}, 2,
                 "ERROR:missing_argument:name the work: --batch ID, domains, or --token N\n");
  expect_exactly(sandbox, GetParam(), {"--batch", "9", "--token", "7"}, 2,
                 "ERROR:batch_not_found:no site is in batch '9'\n");
}

INSTANTIATE_TEST_SUITE_P(Tools, OfAClaim, testing::Values("check-claim", "heartbeat", "release"),
                         [](const auto& each) { return each.param == "check-claim" ? "CheckClaim" : each.param; });

TEST(CheckClaim, SaysHowLongTheClaimHolds) {
  const Sandbox sandbox(kTwo);
  const std::string token = claim_for(sandbox, "a1");
  const Json answer = ask(sandbox, "check-claim", {"--batch", "3", "--token", token});
  EXPECT_EQ(text_of(answer, "result"), "held");
  EXPECT_GT(number_of(answer, "seconds_left"), 7190);
  EXPECT_EQ(member(answer, "sites") + member(answer, "remaining"),
            R"(["a.example","b.example"]["a.example","b.example"])");
  EXPECT_EQ(text_of(answer, "owner") + " " + text_of(answer, "phase") + " " + text_of(answer, "batch"),
            "a1 implement 003");
  EXPECT_EQ(std::to_string(number_of(answer, "token")), token);
  const ProcessResult text = sandbox.run("check-claim", {"--batch", "3", "--owner", "a1"});
  expect_ok(text, "OK:held");
  EXPECT_TRUE(text.out == "OK:held:7200\nthe lease lasts another 2 h\n" || text.out.starts_with("OK:held:719"))
      << text.out;
  expect_untouched(sandbox, "check-claim", {"--token", token}, 0, "OK:held");
}

TEST(CheckClaim, SaysThatAnEndedLeaseIsLate) {
  const Sandbox sandbox(kTwo);
  const std::string token = lapsed_claim_for(sandbox, "a1");
  const Json answer = ask(sandbox, "check-claim", {"--batch", "3", "--token", token});
  EXPECT_EQ(text_of(answer, "result") + member(answer, "late"), "heldtrue");
}

TEST(Heartbeat, RenewsByTokenOrOwner) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "004", "B"}});
  const std::string token = claim_for(sandbox, "a1", {"--lease", "90m"});
  claim_for(sandbox, "a1", {"--phase", "design"});
  expect_exactly(sandbox, "heartbeat", {"--batch", "3", "--token", token}, 0, "OK:renewed\n");
  expect_exactly(sandbox, "heartbeat", {"--batch", "003", "--owner", "a1"}, 0, "OK:renewed\n");
  const Json one = ask(sandbox, "heartbeat", {"--token", token});
  EXPECT_EQ(text_of(one, "batch") + " " + text_of(one, "owner"), "003 a1");
  EXPECT_EQ(number_of(one, "lease_s"), 5400);
  EXPECT_EQ(std::to_string(number_of(one, "token")), token);
  const Json all = ask(sandbox, "heartbeat", {"--owner", "a1"});
  EXPECT_EQ(text_of(all, "result"), "renewed");
  EXPECT_TRUE(member(all, "batches") == R"(["004","003"])" || member(all, "batches") == R"(["003","004"])")
      << all.dump();
  expect_exactly(sandbox, "heartbeat", {"--owner", "a2"}, 1, "FAIL:not_claimed\n'a2' holds no claim\n");
}

TEST(Heartbeat, RenewsAnEndedLeaseThatNobodyTook) {
  const Sandbox sandbox(kTwo);
  const std::string token = claim_for(sandbox, "a1", {"--lease", "1"});
  claim_for(sandbox, "a2");
  // All is held, so this waits for the end of the lease, and only shows what it would take then.
  expect_exactly(sandbox, "find-next", {"--owner", "a3", "--wait", "20", "--format", "simple"}, 0, "003\n");
  const Json answer = ask(sandbox, "heartbeat", {"--batch", "3", "--token", token});
  EXPECT_EQ(text_of(answer, "result") + member(answer, "late"), "renewedtrue");
  expect_fail(sandbox.run("find-next", {"--batch", "3", "--format", "text"}), "FAIL:held:a1");
}

TEST(Release, GivesBackAndIsRepeatable) {
  const Sandbox sandbox(kTwo);
  const std::string before = sandbox.registry();
  const std::string token = claim_for(sandbox, "a1");
  expect_exactly(sandbox, "release", {"--batch", "3", "--token", token}, 0, "OK:released\n");
  EXPECT_EQ(sandbox.registry(), before);
  expect_exactly(sandbox, "release", {"--batch", "3", "--token", token}, 0, "OK:released\n");
  const Json again = ask(sandbox, "release", {"--batch", "3", "--token", token});
  EXPECT_EQ(text_of(again, "result") + member(again, "repeated"), "releasedtrue");
  EXPECT_EQ(text_of(again, "from") + text_of(again, "status"), "iO");
}

TEST(Release, GivesOneSiteBackAndKeepsTheOthers) {
  const Sandbox sandbox(kTwo);
  const std::string token = claim_for(sandbox, "a1");
  const Json answer = ask(sandbox, "release", {"a.example", "--token", token});
  EXPECT_EQ(member(answer, "sites") + member(answer, "remaining"), R"(["a.example"]["b.example"])");
  EXPECT_EQ(sandbox.status_of("a.example") + sandbox.status_of("b.example"), "Oi");
}

TEST(Release, GivesDesignWorkBack) {
  const Sandbox sandbox({{"a.example", "003", "B"}});
  const std::string token = claim_for(sandbox, "a1", {"--phase", "design"});
  EXPECT_EQ(sandbox.status_of("a.example"), "d");
  expect_exactly(sandbox, "release", {"--batch", "3", "--token", token}, 0, "OK:released\n");
  EXPECT_EQ(sandbox.status_of("a.example"), "B");
}

TEST(Release, ChangesAllOrNone) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "Q"}});
  const std::string token = claim_for(sandbox, "a1");
  expect_untouched(sandbox, "release", {"a.example", "b.example", "--token", token}, 1,
                   "FAIL:invalid_transition:b.example Q -> O");
  expect_untouched(sandbox, "release", {"a.example", "no.example", "--token", token}, 2, "ERROR:domain_not_found");
}

TEST(Release, CountsAnAttemptUnlessToldNotTo) {
  const Sandbox sandbox(kTwo);
  const auto attempts = [&] {
    const Json status = ask(sandbox, "status", {"3"});
    return number_of(item(status, "sites", 0), "attempts");
  };
  const auto begin = [&] {
    const std::string token = claim_for(sandbox, "a1");
    expect_ok(sandbox.run("implement-start", {"a.example", "--token", token}), "OK:marked_in_progress");
    return token;
  };
  expect_ok(sandbox.run("release", {"--token", begin(), "--delay", "0", "--why", "it is \x1b[31mred"}), "OK:released");
  EXPECT_EQ(attempts(), 1);
  EXPECT_EQ(text_of(child(item(ask(sandbox, "status", {"3"}), "sites", 0), "failure"), "why"), "it is \\x1b[31mred");
  EXPECT_THAT(sandbox.run("status", {"3"}).out, ::testing::HasSubstr("failed: it is \\x1b[31mred\n"));
  expect_ok(sandbox.run("release", {"--token", begin(), "--no-attempt"}), "OK:released");
  EXPECT_EQ(attempts(), 1);
}

TEST(Release, DelaysWhatItCountsAndNothingElse) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "003", "O"}});
  const std::string token = claim_for(sandbox, "a1");
  expect_ok(sandbox.run("implement-start", {"a.example", "--token", token}), "OK:marked_in_progress");
  expect_ok(sandbox.run("release", {"--token", token}), "OK:released");
  const Json status = ask(sandbox, "status", {"3"});
  EXPECT_GT(number_of(item(status, "sites", 0), "delayed_s"), 50);
  EXPECT_EQ(item(status, "sites", 1).find("delayed_s"), nullptr);
}

TEST(Release, RepeatedWithAnotherDelayAppliesIt) {
  const Sandbox sandbox({{"a.example", "003", "O"}});
  const std::string token = claim_for(sandbox, "a1");
  const auto release_for = [&](const std::string& delay) {
    return ask(sandbox, "release", {"--batch", "3", "--token", token, "--delay", delay});
  };
  EXPECT_EQ(release_for("10m").find("repeated"), nullptr);
  EXPECT_NE(release_for("10m").find("repeated"), nullptr);
  EXPECT_EQ(release_for("30m").find("repeated"), nullptr);
  EXPECT_GT(number_of(item(ask(sandbox, "status", {"3"}), "sites", 0), "delayed_s"), 1700);
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {}), "why"), "delayed");
  expect_ok(sandbox.run("kick", {"a.example"}), "OK:kicked");
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {}), "batch"), "003");
}

TEST(NoWork, CountsADelayedBatchAsDelayedBesideOneThatIsHeld) {
  const Sandbox sandbox({{"a.example", "003", "O"}, {"b.example", "004", "O"}});
  expect_ok(sandbox.run("release", {"--token", claim_for(sandbox, "a1"), "--delay", "10m"}), "OK:released");
  claim_for(sandbox, "a2");
  const Json none = ask(sandbox, "find-next", {});
  EXPECT_EQ(member(none, "kept_back"), R"({"held":1,"delayed":1})");
  EXPECT_THAT(text_of(none, "message"),
              ::testing::HasSubstr("1 batch in phase implement held by others; the first may come back in 2 h; 1 batch "
                                   "delayed; the first is ready in "));
}

TEST(Release, LetsAPersonForceItWithAReason) {
  const Sandbox sandbox(kTwo);
  claim_for(sandbox, "a1");
  expect_exactly(sandbox, "release", {"--batch", "3", "--force"}, 2,
                 "ERROR:missing_argument:--force needs --why: the history keeps the reason\n");
  expect_exactly(sandbox, "release", {"--batch", "3", "--force", "--why", "a1 is gone"}, 0, "OK:released\n");
  EXPECT_NE(sandbox.run("history", {"--limit", "1"}).out.find("(a1 is gone)"), std::string::npos);
}

TEST(Reap, ReturnsEndedWorkAndListsItsBatches) {
  const Sandbox sandbox(kTwo);
  expect_ok(sandbox.run("reap"), "OK:reaped:0");
  expect_exactly(sandbox, "reap", {"--dry-run"}, 0,
                 "OK:dry_run\nno row would change; the answer would be OK:reaped:0\n");
  lapsed_claim_for(sandbox, "a1");
  lapsed_claim_for(sandbox, "a2", {"--batch", "4"});
  expect_exactly(sandbox, "reap", {"--phase", "design"}, 0, "OK:reaped:0\n");
  expect_exactly(sandbox, "reap", {}, 0, "OK:reaped:2\n003\n004\n");
  EXPECT_EQ(sandbox.status_of("a.example") + sandbox.status_of("b.example") + sandbox.status_of("c.example"), "OOO");
  const Json none = ask(sandbox, "reap", {});
  EXPECT_EQ(number_of(none, "count"), 0);
  EXPECT_EQ(member(none, "batches"), "[]");
}

TEST(Reap, LeavesLiveWorkUnlessForced) {
  const Sandbox sandbox(kTwo);
  claim_for(sandbox, "a1");
  expect_ok(sandbox.run("reap"), "OK:reaped:0");
  expect_untouched(sandbox, "reap", {"--batch", "3"}, 1, "FAIL:held:a1");
  expect_exactly(sandbox, "reap", {"--force", "--why", "stuck"}, 2,
                 "ERROR:missing_argument:--force needs --batch ID: one batch at a time is taken from its holder\n");
  const Json answer = ask(sandbox, "reap", {"--batch", "3", "--force", "--why", "stuck"});
  EXPECT_EQ(number_of(answer, "count"), 1);
  EXPECT_EQ(member(answer, "batches"), R"(["003"])");
}

TEST(Reap, LeavesUnclaimedWorkALeaseOfTheConfiguredLength) {
  const Sandbox sandbox({{"a.example", "003", "i"}});
  sandbox.dir().write(".smbatcher/config.yml", "lease: 30m\n");
  expect_ok(sandbox.run("reap"), "OK:reaped:0");
  const Json status = ask(sandbox, "status", {"3"});
  const Json claim = child(status, "claim");
  EXPECT_EQ(text_of(claim, "owner"), "unknown");
  EXPECT_GT(number_of(claim, "seconds_left"), 1790);
  EXPECT_LE(number_of(claim, "seconds_left"), 1800);
  EXPECT_EQ(status.find("warnings"), nullptr) << status.dump();
}

TEST(Release, BuriesAtTheConfiguredNumberOfAttempts) {
  const Sandbox sandbox(kTwo);
  sandbox.dir().write(".smbatcher/config.yml", "max_attempts: 2\n");
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_EQ(text_of(ask(sandbox, "find-next", {}), "batch"), "003");
    const std::string token = claim_for(sandbox, "a1");
    expect_ok(sandbox.run("implement-start", {"a.example", "b.example", "--token", token}), "OK:marked_in_progress");
    expect_ok(sandbox.run("release", {"--token", token, "--delay", "0"}), "OK:released");
  }
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {}), "batch"), "004");
  EXPECT_NE(sandbox.run("status", {"3"}).out.find("buried by smbatcher: 2 attempts without completion"),
            std::string::npos);
}

TEST(Reap, ReturnsUnclaimedWorkWhenAsked) {
  const Sandbox sandbox({{"a.example", "003", "i"}});
  expect_ok(sandbox.run("reap"), "OK:reaped:0");
  expect_exactly(sandbox, "reap", {"--unclaimed"}, 0, "OK:reaped:1\n003\n");
  EXPECT_EQ(sandbox.status_of("a.example"), "O");
}

}  // namespace
}  // namespace smbatcher::test
