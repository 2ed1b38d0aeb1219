#include "libregistry/queue/records/history.h"
#include "tests/unit/queue/verbs/support.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

TEST(Claim, TakesAReadyBatchAndMovesItsReadySites) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'I'}, {"c.example", "001", 'O'}});
  const auto answer = bench.claim("a1");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->action, "start");
  EXPECT_THAT(answer->sites, ElementsAre("a.example", "c.example"));
  EXPECT_EQ(bench.statuses(), "iIi");
  EXPECT_EQ(answer->lease->owner, "a1");
}

TEST(Claim, OrdersByPriorityThenId) {
  Bench bench(
      "| Domain | Batch | Status | Priority |\n|-|-|-|-|\n| a.example | 2 | O | |\n| b.example | 10 | O | |\n"
      "| c.example | 11 | O | 5 |\n| d.example | 12 | O | -1 |\n| e.example | 12 | O | 9 |\n");
  std::vector<std::string> order;
  for (int i = 0; i < 4; ++i) {
    order.push_back(bench.claim("a" + std::to_string(i))->batch);
  }
  EXPECT_THAT(order, ElementsAre("12", "11", "2", "10"));
}

TEST(Claim, PrefersLapsedWorkThenReadyThenToLock) {
  Bench bench({{"a.example", "001", 'D'}, {"b.example", "002", 'O'}, {"c.example", "003", 'O'}});
  ClaimRequest third = Bench::request("gone");
  third.batch = "003";
  third.lease = seconds(10);
  ASSERT_TRUE(bench.claim(third));
  bench.clock.advance(seconds(11));
  const auto adopted = bench.claim("a1");
  EXPECT_EQ(adopted->batch, "003");
  EXPECT_EQ(adopted->action, "adopt");
  const auto started = bench.claim("a2");
  EXPECT_EQ(started->batch, "002");
  EXPECT_EQ(started->action, "start");
  const auto locked = bench.claim("a3");
  EXPECT_EQ(locked->batch, "001");
  EXPECT_EQ(locked->action, "lock");
  EXPECT_EQ(bench.statuses(), "Oii");
}

TEST(Claim, LockStepIsShortAndCountsNoAttemptAndTheNextCallStarts) {
  Bench bench({{"a.example", "001", 'D'}});
  const auto locked = bench.claim("a1");
  EXPECT_EQ(locked->lease->length, seconds(60));
  EXPECT_TRUE(bench.view().state.find({Phase::kImplement, "001"})->sites.empty());
  ASSERT_TRUE(bench.heartbeat({}, named("a1")));
  EXPECT_EQ(bench.claim_of(Phase::kImplement, "001")->lease.length, seconds(60));
  const auto started = bench.claim("a1");
  EXPECT_EQ(started->action, "start");
  EXPECT_EQ(started->lease->token, locked->lease->token);
  EXPECT_EQ(started->lease->length, hours(2));
  EXPECT_EQ(bench.statuses(), "i");
  EXPECT_FALSE(bench.view().state.find({Phase::kImplement, "001"})->claim->to_lock);
}

TEST(Claim, LockStepThatNobodyGoesOnWithIsReadyForAll) {
  Bench bench({{"a.example", "001", 'D'}});
  ASSERT_TRUE(bench.claim("a1"));
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:all_held");
  bench.clock.advance(seconds(61));
  EXPECT_EQ(bench.claim("a2")->action, "start");
}

TEST(Claim, ThroughLockDoesBothStepsUnderAFullLease) {
  Bench bench({{"a.example", "001", 'D'}});
  ClaimRequest request = Bench::request("a1");
  request.through_lock = true;
  const auto answer = bench.claim(request);
  EXPECT_EQ(answer->action, "start");
  EXPECT_EQ(answer->lease->length, hours(2));
  EXPECT_EQ(bench.statuses(), "i");
}

TEST(Claim, OwnerContinuesWithTheSameTokenAndARenewedLease) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  const auto first = bench.claim("a1");
  bench.clock.advance(minutes(90));
  const auto second = bench.claim("a1");
  EXPECT_EQ(second->action, "continue");
  EXPECT_EQ(second->batch, "001");
  EXPECT_EQ(second->lease->token, first->lease->token);
  EXPECT_EQ(second->last_renewed, first->lease->renewed);
  bench.clock.advance(minutes(60));
  EXPECT_EQ(bench.claim("a2")->batch, "002");
}

TEST(Claim, CallsWithoutAnOwnerAreDifferentOwners) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  ClaimRequest request = Bench::request("anon-1");
  request.named_owner = false;
  EXPECT_EQ(bench.claim(request)->batch, "001");
  EXPECT_EQ(bench.claim(request)->batch, "002");
}

TEST(Claim, ContinuingMovesSitesThatGitBroughtBackOrThatBecameReadyInOneEvent) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}, {"c.example", "001", 'I'}});
  const auto first = bench.claim("a1");
  bench.dir.write("REGISTRY.md",
                  registry_text({{"a.example", "001", 'D'}, {"b.example", "001", 'i'}, {"c.example", "001", 'O'}}));
  const auto again = bench.claim("a1");
  EXPECT_EQ(bench.statuses(), "iii");
  EXPECT_THAT(again->sites, ElementsAre("a.example", "b.example", "c.example"));
  EXPECT_EQ(again->lease->token, first->lease->token);
  EXPECT_TRUE(bench.view().state.find({Phase::kImplement, "001"})->sites.empty()) << "a claim costs nothing";
}

TEST(Claim, ContinuingLeavesASiteThatAnotherLeaseHolds) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  ASSERT_EQ(bench.claim("a1")->batch, "001");
  ASSERT_EQ(bench.claim("a2")->batch, "002");
  // A person moves a site from one claimed batch to the other, in progress or brought back to ready.
  for (const char status : {'O', 'i'}) {
    bench.dir.write("REGISTRY.md", registry_text({{"a.example", "001", 'i'}, {"b.example", "001", status}}));
    const auto again = bench.claim("a1");
    ASSERT_TRUE(again) << said(again);
    EXPECT_THAT(again->sites, ElementsAre("a.example")) << status;
    EXPECT_THAT(bench.claim_of(Phase::kImplement, "001")->domains, ElementsAre("a.example"));
  }
}

TEST(Claim, LeasedSitesShownAsReadyAreGivenToNobodyElse) {
  Bench bench({{"a.example", "001", 'O'}});
  const std::string before = bench.registry();
  const auto first = bench.claim("a1");
  bench.dir.write("REGISTRY.md", before);
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:all_held");
  bench.dir.write("REGISTRY.md", registry_text({{"a.example", "002", 'O'}}));
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:all_held");
  ClaimRequest other = Bench::request("a2");
  other.batch = "002";
  EXPECT_EQ(said(bench.claim(other)), "held:a1:7200");
  bench.dir.write("REGISTRY.md", before);
  EXPECT_EQ(bench.complete({}, with_token(first->lease->token))->sites.size(), 1U);
  EXPECT_EQ(bench.statuses(), "I");
}

TEST(Claim, BatchThatIsNamedAnswersWhyItCannotBeHad) {
  Bench bench(
      {{"a.example", "001", 'O'}, {"b.example", "002", 'B'}, {"c.example", "003", 'O'}, {"d.example", "004", 'I'}});
  const auto ask = [&](const std::string& owner, const std::string& batch) {
    ClaimRequest request = Bench::request(owner);
    request.batch = batch;
    return said(bench.claim(request));
  };
  EXPECT_EQ(ask("a1", "1"), "ok");
  EXPECT_EQ(ask("a2", "001"), "held:a1:7200");
  EXPECT_EQ(ask("a1", "003"), "owner_busy:001");
  EXPECT_EQ(ask("a2", "002"), "not_ready:B");
  EXPECT_EQ(ask("a2", "004"), "not_ready:I");
  EXPECT_EQ(ask("a2", "005"), "batch_not_found");
  EXPECT_EQ(ask("a1", "001"), "ok");
}

TEST(Claim, WithATokenTheClaimOfThatNumberIsMeant) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  const auto first = bench.claim("a1");
  ClaimRequest request = Bench::request("somebody-else");
  request.token = first->lease->token;
  const auto again = bench.claim(request);
  ASSERT_TRUE(again) << said(again);
  EXPECT_EQ(again->batch, "001");
  EXPECT_EQ(again->lease->owner, "a1");
  request.token = 999;
  EXPECT_EQ(said(bench.claim(request)), "not_claimed");
  ASSERT_TRUE(bench.release({{}, batch_target("001"), std::chrono::seconds(0), true}, with_token(first->lease->token)));
  ASSERT_TRUE(bench.claim("a2"));
  request.token = first->lease->token;
  EXPECT_EQ(said(bench.claim(request)), "stale_claim:a2");
}

TEST(Claim, LeaseOfALivingProcessNeedsTheSameProcessOrToken) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  bench.processes.running[10] = 77;
  ClaimRequest bound = Bench::request("a1");
  bound.process = ProcessRef{10, 77, "boot-1", "pid:[1]"};
  const auto first = bench.claim(bound);
  EXPECT_EQ(said(bench.claim("a1")), "owner_in_use:a1");
  EXPECT_EQ(bench.claim(bound)->action, "continue");
  ClaimRequest by_token = Bench::request("a1");
  by_token.token = first->lease->token;
  EXPECT_EQ(bench.claim(by_token)->action, "continue");
  bench.processes.running.clear();
  const auto adopted = bench.claim("a2");
  EXPECT_EQ(adopted->action, "adopt");
  EXPECT_GT(adopted->lease->token, first->lease->token);
}

TEST(Claim, OfAnotherContainerNeedsTheToken) {
  Bench bench({{"a.example", "001", 'O'}, {"c.example", "002", 'O'}});
  const auto first = bench.claim("a1");
  bench.processes.space = "pid:[2]";
  const std::string before = bench.history();
  EXPECT_EQ(said(bench.claim("a1")), "owner_in_use:a1");
  const auto start_site = [&](std::optional<Token> token) {
    ClaimRequest request = Bench::request("a1");
    request.token = token;
    const Caller caller = token ? with_token(*token) : named("a1");
    return bench.change([&](Draft& draft) { return start(draft, request, domains_target({"a.example"}), caller); });
  };
  EXPECT_EQ(said(start_site({})), "owner_in_use:a1");
  EXPECT_EQ(bench.history(), before);
  EXPECT_TRUE(start_site(first->lease->token));
  EXPECT_EQ(said(bench.claim("a1")), "owner_in_use:a1");  // one step with the token moves nothing
  ClaimRequest moved = Bench::request("a1");
  moved.token = first->lease->token;
  EXPECT_EQ(bench.claim(moved)->action, "continue");
  EXPECT_EQ(bench.claim("a1")->action, "continue");  // and now it lives here
  bench.processes.space = "pid:[1]";
  EXPECT_EQ(said(bench.claim("a1")), "owner_in_use:a1");
  EXPECT_TRUE(bench.heartbeat({}, named("a1")));
  bench.processes.space = "";  // no /proc: nobody can tell
  EXPECT_EQ(bench.claim("a1")->action, "continue");
}

TEST(Claim, OfAnotherBootGoesOnWithAWarning) {
  Bench bench({{"a.example", "001", 'O'}});
  ASSERT_TRUE(bench.claim("a1"));
  bench.clock.set_boot("boot-2");
  bench.processes.space = "pid:[2]";
  const auto again = bench.claim("a1");
  ASSERT_TRUE(again) << said(again);
  EXPECT_EQ(again->action, "continue");
  ASSERT_EQ(again->warnings.size(), 1U);
  EXPECT_EQ(again->warnings[0].code, "owner_elsewhere");
  EXPECT_TRUE(bench.claim("a1")->warnings.empty());
}

TEST(Claim, SupersededClaimEndsWhenItsOwnerClaimsAgain) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  const auto first = bench.claim("a1");
  bench.dir.write("REGISTRY.md", registry_text({{"a.example", "001", 'I'}, {"b.example", "002", 'O'}}));
  EXPECT_EQ(bench.claim("a1")->batch, "002");
  EXPECT_FALSE(bench.claim_of(Phase::kImplement, "001"));
  EXPECT_EQ(said(bench.heartbeat({}, with_token(first->lease->token))), "stale_claim:nobody");
}

TEST(Claim, ClaimWhoseRowsAreAbsentStaysAndItsOwnerIsBusy) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  const std::string held = (void(bench.claim("a1")), bench.registry());
  bench.dir.write("REGISTRY.md", registry_text({{"b.example", "002", 'O'}}));
  EXPECT_EQ(said(bench.claim("a1")), "owner_busy:001");
  EXPECT_TRUE(bench.heartbeat({}, named("a1")));
  bench.dir.write("REGISTRY.md", held);
  EXPECT_EQ(bench.claim("a1")->action, "continue");
}

TEST(Claim, WorkInProgressWithoutALeaseIsHeldAsUnknownUntilItsTimeIsOver) {
  Bench bench({{"a.example", "001", 'i'}});
  EXPECT_EQ(said(bench.claim("a1")), "no_work_found:all_held");
  ASSERT_TRUE(bench.claim_of(Phase::kImplement, "001")) << bench.history();
  EXPECT_EQ(bench.claim_of(Phase::kImplement, "001")->lease.owner, kUnknownOwner);
  bench.clock.advance(hours(2));
  EXPECT_EQ(bench.claim("a1")->action, "adopt");
}

/// Work that is found without a lease is nobody's doing: neither the call's that finds it, nor its token's.
TEST(Claim, WorkFoundWithoutALeaseIsNoDoingOfTheCallThatFindsIt) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'i'}, {"c.example", "003", 'O'}});
  const auto said_of = [&](const std::string& batch) {
    const View now = bench.view();
    const WorkRecord* record = now.state.find({Phase::kImplement, batch});
    return record == nullptr || !record->last ? "" : record->last->verb + " of " + record->last->owner;
  };
  const auto claimed = bench.claim("a1");
  EXPECT_EQ(said_of("001"), "claim of a1");
  EXPECT_EQ(said_of("002"), "upkeep of smbatcher") << "found by a claim of 001";
  std::string text = bench.registry();
  text.replace(text.rfind("O |"), 1, "i");
  bench.dir.write("REGISTRY.md", text);
  EXPECT_EQ(bench.claim("a1")->action, "continue");
  EXPECT_EQ(said_of("003"), "upkeep of smbatcher") << "found by a repeated call";
  const Event last = parse_history(bench.history(), "history.jsonl").entries.back().event;
  EXPECT_EQ(last.verb + " of " + last.owner, "upkeep of smbatcher");
  EXPECT_EQ(last.token, 0);
  EXPECT_TRUE(bench.complete({}, with_token(claimed->lease->token)));
}

TEST(Claim, DamagedRowHoldsBackItsBatchOnly) {
  Bench bench(registry_text({{"a.example", "001", 'O'}, {"b.example", "001", 'x'}, {"c.example", "002", 'O'}}));
  const auto answer = bench.claim("a1");
  EXPECT_EQ(answer->batch, "002");
  ASSERT_EQ(answer->warnings.size(), 1U);
  EXPECT_EQ(answer->warnings[0].line, 6U);
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:all_held");
  ASSERT_TRUE(bench.complete(batch_target("002"), named("a1")));
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:damaged");
}

TEST(Claim, NoWorkNamesTheFirstReasonThatApplies) {
  const auto why = [](const std::vector<Row>& rows) { return said(Bench(rows).claim("a1")); };
  EXPECT_EQ(why({}), "no_work_found:empty");
  EXPECT_EQ(why({{"a.example", "", '-'}}), "no_work_found:behind");
  EXPECT_EQ(why({{"a.example", "1", 'B'}, {"b.example", "2", 'I'}}), "no_work_found:behind");
  EXPECT_EQ(why({{"a.example", "1", 'I'}}), "no_work_found:all_done");
  EXPECT_EQ(why({{"a.example", "1", 'O'}, {"b.example", "1", 'B'}}), "no_work_found:behind");
}

TEST(Start, MovesOnlyTheNamedSites) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}, {"c.example", "001", 'I'}});
  const auto start = [&](const std::string& owner, const std::vector<std::string>& domains) {
    return bench.change([&](Draft& draft) {
      return smbatcher::start(draft, Bench::request(owner), domains_target(domains), named(owner));
    });
  };
  const auto first = start("a1", {"b.example"});
  ASSERT_TRUE(first);
  EXPECT_EQ(bench.statuses(), "OiI");
  EXPECT_EQ(said(start("a2", {"a.example"})), "held:a1:7200");
  EXPECT_EQ(said(start("a1", {"c.example"})), "invalid_transition:c.example I -> i");
  EXPECT_TRUE(start("a1", {"b.example"})->repeated);
  const auto more = start("a1", {"a.example"});
  EXPECT_EQ(more->lease->token, first->lease->token);
  EXPECT_EQ(bench.statuses(), "iiI");
}

TEST(Start, RefusesDelayedSites) {
  Bench bench({{"a.example", "001", 'O'}});
  ASSERT_TRUE(bench.claim("a1"));
  ASSERT_TRUE(bench.release({{}, batch_target("001"), minutes(10), true}, named("a1")));
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:delayed");
  const auto started = bench.change([&](Draft& draft) {
    return smbatcher::start(draft, Bench::request("a2"), domains_target({"a.example"}), named("a2"));
  });
  EXPECT_EQ(said(started), "not_ready:O");
  bench.clock.advance(minutes(10));
  EXPECT_EQ(bench.claim("a2")->action, "start");
}

}  // namespace
}  // namespace smbatcher::test
