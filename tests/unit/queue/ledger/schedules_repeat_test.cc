#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/queue/ledger/schedules_exchange.h"
#include "tests/unit/queue/verbs/support.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;

// Schedules on which designs of claims fail that keep the lease in the registry, trust the claim files, or know a
// repeat by its verb alone.

/// Two sites of one batch, claimed by a1.
struct TwoSites : Bench {
  TwoSites() : Bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}, {"c.example", "002", 'O'}}) {
    unclaimed = registry();
    token = claim("a1")->lease->token;
  }
  std::string unclaimed;
  Token token = 0;
};

/// Makes the call in a process that dies right before its new text is exchanged with the registry: its intent is
/// durable and its claim files are written.
void die_before_publication(Bench& bench, const Verb& verb) {
  const pid_t child = ::fork();
  if (child == 0) {
    ExchangeFileOps ops;
    ops.before_exchange = [] { ::_exit(9); };
    (void)change(bench.queue(ops), verb);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 9) << "it got to the end";
}

TEST(Schedule, AClaimFileThatAKillLeftAheadOfTheRegistryGivesNothing) {
  Bench bench({{"a.example", "001", 'O'}});
  die_before_publication(bench, [](Draft& draft) { return claim(draft, Bench::request("a1")); });
  ASSERT_TRUE(bench.dir.exists(".smbatcher-state/claims/implement-001.json"));
  EXPECT_FALSE(bench.claim_of(Phase::kImplement, "001"));
  const auto given = bench.claim("b1");
  ASSERT_TRUE(given && given->lease) << said(given);
  EXPECT_EQ(said(bench.heartbeat(batch_target("001"), with_token(given->lease->token - 1))), "stale_claim:b1");
  EXPECT_EQ(said(bench.complete({}, with_token(given->lease->token))), "ok");
}

TEST(Schedule, AReleaseThatAKillLeftAheadOfTheRegistryTakesNoLeaseAway) {
  TwoSites bench;
  die_before_publication(bench, [&](Draft& draft) {
    return release(draft, {{}, batch_target("001"), std::chrono::seconds(0), true}, with_token(bench.token));
  });
  EXPECT_EQ(said(bench.claim([] {
              ClaimRequest request = Bench::request("b1");
              request.batch = "001";
              return request;
            }())),
            "held:a1:7200");
  EXPECT_EQ(said(bench.complete({}, with_token(bench.token))), "ok");
}

TEST(Schedule, ARepeatOnOtherSitesThanTheFirstIsAChange) {
  TwoSites bench;
  ASSERT_TRUE(bench.complete(domains_target({"a.example"}), with_token(bench.token)));
  EXPECT_TRUE(bench.complete(domains_target({"a.example"}), with_token(bench.token))->repeated);
  const auto other = bench.complete(domains_target({"b.example"}), with_token(bench.token));
  ASSERT_TRUE(other) << said(other);
  EXPECT_FALSE(other->repeated);
  EXPECT_EQ(bench.statuses(), "IIO");
  EXPECT_TRUE(bench.complete(domains_target({"b.example"}), with_token(bench.token))->repeated);
  EXPECT_EQ(said(bench.complete(domains_target({"c.example"}), with_token(bench.token))).substr(0, 11), "not_claimed");
}

TEST(Schedule, ARepeatOfAReleaseOnOtherSitesIsAChange) {
  TwoSites bench;
  ASSERT_TRUE(
      bench.release({{}, domains_target({"a.example"}), std::chrono::seconds(0), true}, with_token(bench.token)));
  EXPECT_TRUE(
      bench.release({{}, domains_target({"a.example"}), std::chrono::seconds(0), true}, with_token(bench.token))
          ->repeated);
  const auto rest = bench.release({{}, {}, std::chrono::seconds(0), true}, with_token(bench.token));
  ASSERT_TRUE(rest) << said(rest);
  EXPECT_FALSE(rest->repeated);
  EXPECT_THAT(rest->sites, ElementsAre("b.example"));
}

TEST(Schedule, ARepeatedCompletionDoesNotCompleteWhatGitBroughtBack) {
  TwoSites bench;
  ASSERT_TRUE(bench.complete({}, with_token(bench.token)));
  bench.dir.write("REGISTRY.md", bench.unclaimed);
  for (const Target& target : {Target{}, domains_target({"a.example"})}) {
    EXPECT_FALSE(bench.complete(target, with_token(bench.token)));
    EXPECT_EQ(bench.statuses(), "OOO");
  }
  EXPECT_GT(bench.claim("b1")->lease->token, bench.token);
}

TEST(Schedule, AHolderOfTwoSitesThatGitBringsBackCompletesThemOneByOne) {
  TwoSites bench;
  for (const char* const domain : {"a.example", "b.example"}) {
    bench.dir.write("REGISTRY.md", bench.unclaimed);
    const auto part = bench.complete(domains_target({domain}), with_token(bench.token));
    ASSERT_TRUE(part) << said(part);
    EXPECT_FALSE(part->repeated);
  }
  // Bringing the file back has undone the first completion: the lease stays until both are done.
  EXPECT_EQ(bench.statuses(), "OIO");
  EXPECT_EQ(bench.claim("b1")->batch, "002");
  EXPECT_EQ(said(bench.complete({}, with_token(bench.token))), "ok");
  EXPECT_EQ(bench.statuses(), "IIi");
}

}  // namespace
}  // namespace smbatcher::test
