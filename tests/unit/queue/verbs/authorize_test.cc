#include "tests/unit/queue/verbs/support.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;

// A draft over one batch "001" in progress, with the lease that a case wants.
struct Stage {
  enum class Lease { kLive, kLapsed, kNone, kUnknown };

  explicit Stage(Lease lease) {
    if (lease == Lease::kNone) {
      return;
    }
    WorkRecord& record = state.records[key];
    record.claim = Claim{grant(5, lease == Lease::kUnknown ? kUnknownOwner : "a1", hours(1), {}, clock.now()),
                         {"a.example"},
                         false,
                         {},
                         false};
    record.last_token = 5;
    if (lease == Lease::kLapsed) {
      clock.advance(hours(1));
    }
  }
  std::string ask(const Caller& caller, Need need) const {
    const Instant now = clock.now();
    const Draft draft(registry, state, policy, now, processes);
    const auto authority = authorize(draft, key, caller, need);
    return authority ? std::string(authority->forced ? "forced" : authority->late ? "late" : "ok") : said(authority);
  }

  WorkKey key{Phase::kImplement, "001"};
  Registry registry = Registry::parse(registry_text({{"a.example", "001", 'i'}}), "r", {}).value();
  ClaimsState state;
  Policy policy;
  FakeClock clock;
  FakeProcesses processes;
};

struct AuthorityCase {
  std::string name;
  Stage::Lease lease;
  Caller caller;
  std::string to_hold;   // Need::kHolder
  std::string no_other;  // Need::kNoOther
};

const Caller kPerson;
const Caller kForced{std::nullopt, "b1", true, "why"};
const Caller kForcedOldToken{4, std::nullopt, true, "why"};

class AuthorityTest : public ::testing::TestWithParam<AuthorityCase> {};

TEST_P(AuthorityTest, IsDecidedByTokenOwnerAndLease) {
  const Stage stage(GetParam().lease);
  EXPECT_EQ(stage.ask(GetParam().caller, Need::kHolder), GetParam().to_hold);
  EXPECT_EQ(stage.ask(GetParam().caller, Need::kNoOther), GetParam().no_other);
}

INSTANTIATE_TEST_SUITE_P(
    Table, AuthorityTest,
    ::testing::Values(
        AuthorityCase{"RightTokenLive", Stage::Lease::kLive, with_token(5), "ok", "ok"},
        AuthorityCase{"RightTokenLapsed", Stage::Lease::kLapsed, with_token(5), "late", "late"},
        AuthorityCase{"OldTokenLive", Stage::Lease::kLive, with_token(4), "stale_claim:a1", "stale_claim:a1"},
        AuthorityCase{"WrongTokenLive", Stage::Lease::kLive, with_token(6), "stale_claim:a1", "stale_claim:a1"},
        AuthorityCase{"OldTokenLapsed", Stage::Lease::kLapsed, with_token(4), "stale_claim:a1", "stale_claim:a1"},
        AuthorityCase{"TokenNoLease", Stage::Lease::kNone, with_token(5), "not_claimed:001", "not_claimed:001"},
        AuthorityCase{"HolderLive", Stage::Lease::kLive, named("a1"), "ok", "ok"},
        AuthorityCase{"HolderLapsed", Stage::Lease::kLapsed, named("a1"), "late", "late"},
        AuthorityCase{"OtherLive", Stage::Lease::kLive, named("b1"), "held:a1:3600", "held:a1:3600"},
        AuthorityCase{"OtherLapsed", Stage::Lease::kLapsed, named("b1"), "not_claimed:001", "ok"},
        AuthorityCase{"OtherNoLease", Stage::Lease::kNone, named("b1"), "not_claimed:001", "ok"},
        AuthorityCase{"OtherUnknown", Stage::Lease::kUnknown, named("b1"), "not_claimed:001", "ok"},
        AuthorityCase{"PersonLive", Stage::Lease::kLive, kPerson, "held:a1:3600", "held:a1:3600"},
        AuthorityCase{"PersonLapsed", Stage::Lease::kLapsed, kPerson, "ok", "ok"},
        AuthorityCase{"PersonNoLease", Stage::Lease::kNone, kPerson, "ok", "ok"},
        AuthorityCase{"PersonUnknown", Stage::Lease::kUnknown, kPerson, "ok", "ok"},
        AuthorityCase{"ForcedLive", Stage::Lease::kLive, kForced, "forced", "forced"},
        AuthorityCase{"ForcedNoLease", Stage::Lease::kNone, kForced, "forced", "forced"},
        AuthorityCase{"ForcedWithOldToken", Stage::Lease::kLive, kForcedOldToken, "forced", "forced"}),
    [](const auto& tested) { return tested.param.name; });

TEST(Authority, TokenOfAReleasedClaimIsStale) {
  Bench bench({{"a.example", "001", 'O'}});
  const Token token = bench.claim("a1")->lease->token;
  ASSERT_TRUE(bench.release({{}, {}, std::chrono::seconds(0), true}, with_token(token)));
  EXPECT_EQ(said(bench.complete({}, with_token(token))), "stale_claim:nobody");
  EXPECT_EQ(said(bench.heartbeat({}, with_token(token))), "stale_claim:nobody");
  EXPECT_EQ(said(bench.complete(batch_target("001"), with_token(token))), "stale_claim:nobody");
}

TEST(Authority, StaleTokenIsRefusedByEveryVerbAfterAnotherClaim) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'I'}});
  ClaimRequest brief = Bench::request("a1");
  brief.lease = std::chrono::seconds(5);
  const Token old = bench.claim(brief)->lease->token;
  bench.clock.advance(std::chrono::seconds(6));
  ASSERT_EQ(bench.claim("a2")->action, "adopt");
  const Target batch = batch_target("001");
  const Caller stale = with_token(old);
  const std::string expected = "stale_claim:a2";
  const std::string before = bench.registry();
  EXPECT_EQ(said(bench.complete(batch, stale)), expected);
  EXPECT_EQ(said(bench.release({{}, batch, std::chrono::seconds(0), true}, stale)), expected);
  EXPECT_EQ(said(bench.heartbeat(batch, stale)), expected);
  EXPECT_EQ(said(bench.change([&](Draft& draft) { return check_claim(draft, {}, batch, stale); })), expected);
  EXPECT_EQ(said(bench.change([&](Draft& draft) { return bury(draft, batch, stale); })), expected);
  EXPECT_EQ(said(bench.change([&](Draft& draft) { return lock_batch(draft, "001", stale); })), expected);
  EXPECT_EQ(said(bench.change([&](Draft& draft) { return finish(draft, domains_target({"b.example"}), stale); })),
            expected);
  ClaimRequest again = Bench::request("a1");
  again.token = old;
  again.batch = "001";
  EXPECT_EQ(said(bench.claim(again)), expected);
  EXPECT_EQ(bench.registry(), before);
}

}  // namespace
}  // namespace smbatcher::test
