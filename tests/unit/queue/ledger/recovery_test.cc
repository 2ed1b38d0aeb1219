#include <filesystem>

#include "tests/unit/queue/records/fold.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Two owners at work, a third batch ready.
struct AtWork : Bench {
  AtWork() : Bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}, {"c.example", "003", 'O'}}) {
    first = claim("a1")->lease->token;
    second = claim("a2")->lease->token;
  }
  void remove(const std::string& name) const { std::filesystem::remove_all(dir.at(name)); }
  void expect_nothing_lost() {
    const auto third = claim("a3");
    ASSERT_TRUE(third && third->lease) << said(third);
    EXPECT_EQ(third->batch, "003");
    EXPECT_GT(third->lease->token, std::max(first, second));
    EXPECT_EQ(said(claim("a4")), "no_work_found:all_held");
    EXPECT_EQ(said(complete(batch_target("001"), with_token(second))), "stale_claim:a1");
    EXPECT_EQ(said(complete({}, with_token(first))), "ok");
    EXPECT_EQ(said(complete({}, with_token(second))), "ok");
    EXPECT_EQ(statuses(), "IIi");
    const auto cached = cached_state(*this);
    ASSERT_TRUE(cached);
    EXPECT_EQ(text_of(*cached, false), text_of(folded_state(*this), false));
  }
  Token first = 0;
  Token second = 0;
};

TEST(Recovery, ClaimsFolderIsRebuiltFromTheHistory) {
  AtWork bench;
  bench.remove(".smbatcher-state/claims");
  bench.expect_nothing_lost();
}

TEST(Recovery, LeasesOfADeletedHistoryAreInTheClaimFiles) {
  AtWork bench;
  bench.remove(".smbatcher-state/history.jsonl");
  bench.expect_nothing_lost();
}

TEST(Recovery, DeletedHistoryIsSurvivedAlsoAfterCallsThatChangeNothing) {
  AtWork bench;
  bench.remove(".smbatcher-state/history.jsonl");
  EXPECT_TRUE(bench.heartbeat({}, with_token(bench.first)));
  EXPECT_EQ(said(bench.complete(batch_target("003"), named("a9"))), "not_claimed:003");
  EXPECT_EQ(said(bench.release({{}, batch_target("001"), std::chrono::seconds(0), true}, named("a9"))), "held:a1:7200");
  bench.expect_nothing_lost();
}

TEST(Recovery, WithHistoryAndClaimsGoneWorkInProgressIsStillGivenToNobody) {
  AtWork bench;
  bench.remove(".smbatcher-state/history.jsonl");
  bench.remove(".smbatcher-state/claims");
  bench.clock.advance(seconds(1));
  const auto third = bench.claim("a3");
  EXPECT_EQ(third->batch, "003");
  EXPECT_GT(third->lease->token, bench.second);
  EXPECT_EQ(said(bench.claim("a4")), "no_work_found:all_held");
  EXPECT_EQ(bench.claim_of(Phase::kImplement, "001")->lease.owner, kUnknownOwner);
  EXPECT_EQ(said(bench.complete(batch_target("001"), with_token(bench.first))), "stale_claim:unknown");
  bench.clock.advance(hours(2));
  EXPECT_EQ(bench.claim("a4")->action, "adopt");
}

TEST(Recovery, TokensGrowThoughTheHistoryIsDeletedAgainAndAgain) {
  AtWork bench;
  Token highest = bench.second;
  for (int i = 0; i < 4; ++i) {
    bench.remove(i % 2 == 0 ? ".smbatcher-state/history.jsonl" : ".smbatcher-state/claims");
    bench.clock.step_wall(std::chrono::milliseconds(-1000));
    ASSERT_TRUE(
        bench.release({{}, batch_target("001"), std::chrono::seconds(0), true}, Caller{{}, "a1", true, "again"}));
    const auto again = bench.claim("a1");
    ASSERT_TRUE(again && again->lease) << said(again);
    EXPECT_GT(again->lease->token, highest) << i;
    highest = again->lease->token;
    ASSERT_TRUE(bench.change([](Draft& draft) { return kick(draft, batch_target("001"), named("a1")); }) || true);
  }
}

TEST(Recovery, ARenewalOutlivesTheHistoryBeingReadAgain) {
  AtWork bench;
  bench.clock.advance(minutes(110));
  bench.clock.step_wall(hours(-24));
  ASSERT_TRUE(bench.heartbeat({}, with_token(bench.first)));
  bench.remove(".smbatcher-state/claims/.state");  // as a kill before it is written leaves it
  bench.clock.advance(minutes(30));
  const auto adopted = bench.claim("a4");
  EXPECT_EQ(adopted->batch, "002") << "the lease of 001 was renewed";
  EXPECT_TRUE(bench.complete({}, with_token(bench.first)));
}

TEST(Recovery, LeaseWhoseRenewalsAreLostRunsItsFullLengthAgain) {
  AtWork bench;
  bench.clock.advance(minutes(110));
  bench.remove(".smbatcher-state/claims");
  ASSERT_TRUE(bench.heartbeat({}, with_token(bench.second)));  // the locked call that rebuilds
  bench.clock.advance(minutes(119));
  EXPECT_EQ(bench.claim("a4")->batch, "003");
  bench.clock.advance(minutes(2));
  EXPECT_EQ(bench.claim("a5")->action, "adopt");
}

TEST(Recovery, UnreadableClaimFileIsSetAsideAndRebuiltByWhoeverLooksAtIt) {
  AtWork bench;
  bench.dir.write(".smbatcher-state/claims/implement-001.json", "{\"format\":1,");
  EXPECT_EQ(bench.claim("a3")->batch, "003") << "other work is not concerned";
  const auto renewed = bench.heartbeat({}, with_token(bench.first));
  ASSERT_TRUE(renewed) << said(renewed);
  ASSERT_FALSE(renewed->warnings.empty());
  EXPECT_EQ(renewed->warnings[0].code, "corrupt_claim_file");
  bool kept = false;
  for (const std::string& name : bench.dir.list(".smbatcher-state/claims")) {
    kept = kept || name.starts_with("implement-001.json.corrupt-");
  }
  EXPECT_TRUE(kept);
  EXPECT_TRUE(bench.complete({}, with_token(bench.first)));
}

TEST(Recovery, ReadableClaimFileOfAnotherEventProvesNothing) {
  AtWork bench;
  const std::string stale = bench.dir.read(".smbatcher-state/claims/implement-001.json");
  ASSERT_TRUE(bench.release({{}, {}, std::chrono::seconds(0), true}, with_token(bench.first)));
  bench.dir.write(".smbatcher-state/claims/implement-001.json", stale);  // as a kill would leave it behind its history
  EXPECT_EQ(said(bench.complete({}, with_token(bench.first))), "stale_claim:nobody");
  EXPECT_EQ(bench.claim("a3")->batch, "001");
}

TEST(Recovery, NewerClaimFileHoldsBackItsBatchOnlyAndIsLeftAlone) {
  AtWork bench;
  const std::string newer = R"({"format":3,"phase":"implement","batch":"001"})";
  bench.dir.write(".smbatcher-state/claims/implement-001.json", newer);
  const auto refused = [&](const Verb& verb) { EXPECT_EQ(said(bench.change(verb)), "newer_format"); };
  const Caller forced{{}, "a9", true, "why"};
  refused([&](Draft& draft) { return complete(draft, Phase::kImplement, batch_target("001"), forced); });
  refused([&](Draft& draft) {
    return release(draft, {{}, batch_target("001"), std::chrono::seconds(0), true}, forced);
  });
  refused([&](Draft& draft) { return bury(draft, batch_target("001"), forced); });
  refused([&](Draft& draft) { return lock_batch(draft, "001", forced); });
  refused([&](Draft& draft) { return reopen(draft, domains_target({"a.example"}), forced); });
  refused([&](Draft& draft) { return start(draft, Bench::request("a9"), domains_target({"a.example"}), named("a9")); });
  EXPECT_TRUE(bench.reap({{}, "001", true}, forced)->batches.empty());
  EXPECT_EQ(bench.claim("a3")->batch, "003");
  EXPECT_TRUE(bench.complete({}, with_token(bench.second)));
  EXPECT_EQ(said(bench.claim("a4")), "no_work_found:all_held");
  EXPECT_EQ(bench.dir.read(".smbatcher-state/claims/implement-001.json"), newer);
}

TEST(Recovery, NewerHistoryStopsEverything) {
  AtWork bench;
  bench.dir.write(".smbatcher-state/history.jsonl", bench.history() + "{\"format\":3,\"event\":9}\n");
  const std::string before = bench.registry();
  EXPECT_EQ(said(bench.claim("a3")), "newer_format");
  EXPECT_EQ(said(bench.complete({}, with_token(bench.first))), "newer_format");
  EXPECT_EQ(bench.registry(), before);
}

TEST(Recovery, DamageInTheHistoryIsAWarningAndTokensStayAbove) {
  AtWork bench;
  std::string text = bench.history();
  const auto second_line = text.find('\n') + 1;
  bench.dir.write(".smbatcher-state/history.jsonl",
                  text.substr(0, second_line) + "garbage\n" + text.substr(second_line));
  const auto third = bench.claim("a3");
  EXPECT_GT(third->lease->token, bench.second);
  ASSERT_FALSE(third->warnings.empty());
  EXPECT_EQ(third->warnings[0].code, "damaged_line");
}

TEST(Recovery, LeaseFirstSeenOnAnotherBootRunsItsFullLengthOnce) {
  AtWork bench;
  bench.clock.advance(minutes(119));
  bench.clock.set_boot("boot-2");
  EXPECT_EQ(bench.claim("a3")->batch, "003");
  bench.clock.advance(minutes(119));
  EXPECT_EQ(said(bench.claim("a4")), "no_work_found:all_held");
  bench.clock.advance(minutes(2));
  EXPECT_EQ(bench.claim("a4")->action, "adopt");
}

TEST(Recovery, AlternatingBootsDoNotKeepADeadOwnersLease) {
  AtWork bench;
  for (int i = 0; i < 6; ++i) {
    bench.clock.set_boot(i % 2 == 0 ? "boot-2" : "boot-1", hours(1) + minutes(40 * (i + 1)));
    bench.clock.advance(minutes(40));
    ASSERT_TRUE(bench.change([](Draft& /*draft*/) { return Result<Answer>(Answer{}); }));
  }
  EXPECT_EQ(bench.claim("a4")->action, "adopt");
}

TEST(Recovery, ClaimOfAnotherBootKeepsItsLeaseThoughItsRowsAreBroughtBack) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  const std::string before = bench.registry();
  const auto first = bench.claim("a1");
  const std::string text = bench.history();
  bench.dir.write(".smbatcher-state/history.jsonl",
                  text.substr(0, text.rfind("{\"format\":2,\"closes\"")));  // it was not synced
  bench.dir.write("REGISTRY.md", before);
  std::filesystem::remove_all(bench.dir.at(".smbatcher-state/claims"));
  bench.clock.set_boot("boot-2");
  EXPECT_EQ(bench.claim("a2")->batch, "002");
  EXPECT_TRUE(bench.complete({}, with_token(first->lease->token)));
  EXPECT_EQ(bench.statuses(), "Ii");
}

TEST(Recovery, OlderRegistryBroughtBackGivesOutNoHeldWork) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}});
  const std::string before = bench.registry();
  const Token token = bench.claim("a1")->lease->token;
  bench.dir.write("REGISTRY.md", before);
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:all_held");
  const auto part = bench.complete(domains_target({"a.example"}), with_token(token));
  ASSERT_TRUE(part) << said(part);
  EXPECT_EQ(part->remaining, std::vector<std::string>{"b.example"});
  EXPECT_EQ(bench.statuses(), "IO");
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:all_held");
  EXPECT_TRUE(bench.complete({}, with_token(token)));
  EXPECT_EQ(bench.statuses(), "II");
}

TEST(Recovery, ReaderSettlesInMemoryOnly) {
  AtWork bench;
  const std::string text = bench.history();
  bench.dir.write(".smbatcher-state/history.jsonl", text.substr(0, text.rfind("{\"format\":2,\"closes\"")));
  const std::string history = bench.history();
  const auto files = bench.dir.list();
  const auto claims = bench.dir.list(".smbatcher-state/claims");
  EXPECT_EQ(bench.claim_of(Phase::kImplement, "002")->lease.token, bench.second);
  EXPECT_EQ(bench.history(), history);
  EXPECT_EQ(bench.dir.list(), files);
  EXPECT_EQ(bench.dir.list(".smbatcher-state/claims"), claims);
}

}  // namespace
}  // namespace smbatcher::test
