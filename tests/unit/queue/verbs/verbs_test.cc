#include "tests/unit/queue/verbs/support.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const WorkKey kFirst{Phase::kImplement, "001"};

TEST(Complete, EndsTheLeaseWithTheLastOfItsDomains) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}});
  const Token token = bench.claim("a1")->lease->token;
  const auto part = bench.complete(domains_target({"a.example"}), with_token(token));
  EXPECT_THAT(part->remaining, ElementsAre("b.example"));
  EXPECT_EQ(bench.statuses(), "Ii");
  EXPECT_TRUE(bench.claim_of(kFirst.phase, "001"));
  const auto rest = bench.complete({}, with_token(token));
  EXPECT_THAT(rest->sites, ElementsAre("b.example"));
  EXPECT_THAT(rest->remaining, IsEmpty());
  EXPECT_FALSE(bench.claim_of(kFirst.phase, "001"));
  EXPECT_THAT(bench.view().state.find(kFirst)->sites, IsEmpty());
}

TEST(Complete, TakesTheHoldersSitesFromAnEarlierLetterInOneEvent) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}});
  ASSERT_TRUE(bench.claim("a1"));
  bench.dir.write("REGISTRY.md", registry_text({{"a.example", "001", 'D'}, {"b.example", "001", 'O'}}));
  ASSERT_TRUE(bench.complete(batch_target("001"), named("a1")));
  EXPECT_EQ(bench.statuses(), "II");
  Bench person({{"a.example", "001", 'O'}});
  EXPECT_EQ(said(person.complete(domains_target({"a.example"}), {})), "invalid_transition:a.example O -> I");
}

TEST(Complete, IsAllOrNone) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'Q'}});
  ASSERT_TRUE(bench.claim("a1"));
  EXPECT_EQ(said(bench.complete(domains_target({"a.example", "b.example"}), named("a1"))),
            "invalid_transition:b.example Q -> I");
  EXPECT_EQ(bench.statuses(), "iQ");
}

TEST(Complete, RepeatAfterALostAnswerIsTheSameOk) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  const Token token = bench.claim("a1")->lease->token;
  ASSERT_TRUE(bench.complete({}, with_token(token)));
  const std::string after = bench.registry();
  for (const Target& target : {Target{}, batch_target("001"), domains_target({"a.example"})}) {
    const auto again = bench.complete(target, with_token(token));
    ASSERT_TRUE(again) << said(again);
    EXPECT_TRUE(again->repeated);
    EXPECT_THAT(again->sites, ElementsAre("a.example"));
  }
  EXPECT_TRUE(bench.complete(batch_target("001"), named("a1"))->repeated);
  EXPECT_EQ(bench.registry(), after);
}

TEST(Complete, RepeatIsKnownByItsTokenAlsoWhenTheClaimEndedAnotherOne) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  ASSERT_TRUE(bench.claim("a1"));
  bench.dir.write("REGISTRY.md", registry_text({{"a.example", "001", 'I'}, {"b.example", "002", 'O'}}));
  const auto second = bench.claim("a1");  // supersedes the first in the same event
  ASSERT_EQ(second->batch, "002");
  ASSERT_TRUE(bench.complete({}, with_token(second->lease->token)));
  const auto again = bench.complete({}, with_token(second->lease->token));
  ASSERT_TRUE(again) << said(again);
  EXPECT_TRUE(again->repeated);
}

TEST(Complete, LateWorkThatNobodyTookIsAccepted) {
  Bench bench({{"a.example", "001", 'O'}});
  const Token token = bench.claim("a1")->lease->token;
  bench.clock.advance(hours(3));
  const auto late = bench.complete({}, with_token(token));
  ASSERT_TRUE(late);
  EXPECT_TRUE(late->late);
  EXPECT_NE(bench.history().find("\"late\":true"), std::string::npos);
}

TEST(Release, GivesBackAllOrThoseNamed) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}});
  const Token token = bench.claim("a1")->lease->token;
  const auto part =
      bench.release({{}, domains_target({"a.example"}), std::chrono::seconds(0), true}, with_token(token));
  EXPECT_THAT(part->remaining, ElementsAre("b.example"));
  EXPECT_EQ(bench.statuses(), "Oi");
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:all_held");
  ASSERT_TRUE(bench.release({{}, {}, std::chrono::seconds(0), true}, with_token(token)));
  EXPECT_EQ(bench.statuses(), "OO");
  EXPECT_FALSE(bench.claim_of(kFirst.phase, "001"));
  EXPECT_TRUE(bench.release({{}, {}, std::chrono::seconds(0), true}, with_token(token))->repeated);
  EXPECT_EQ(bench.claim("a2")->sites.size(), 2U);
}

TEST(Release, DelayKeepsWorkFromBeingGivenOut) {
  Bench bench({{"a.example", "001", 'O'}});
  ASSERT_TRUE(bench.claim("a1"));
  ASSERT_TRUE(bench.release({{}, batch_target("001"), minutes(10), true}, named("a1")));
  bench.clock.advance(minutes(9));
  bench.clock.step_wall(hours(24));
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:delayed");
  bench.clock.advance(minutes(1));
  EXPECT_EQ(bench.claim("a2")->action, "start");
}

TEST(Release, WithNothingInProgressJustEndsTheLease) {
  Bench bench({{"a.example", "001", 'O'}});
  const std::string before = bench.registry();
  ASSERT_TRUE(bench.claim("a1"));
  bench.dir.write("REGISTRY.md", before);
  EXPECT_TRUE(bench.release({{}, batch_target("001"), std::chrono::seconds(0), true}, named("a1")));
  EXPECT_EQ(bench.registry(), before);
  EXPECT_EQ(bench.claim("a2")->batch, "001");
}

TEST(Reap, ReturnsLapsedWorkAndEndsLeasesOverReadyRows) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}, {"c.example", "003", 'i'}});
  ASSERT_TRUE(bench.claim("a1"));
  ASSERT_TRUE(bench.claim("a2"));
  EXPECT_THAT(bench.reap({})->batches, IsEmpty());
  EXPECT_EQ(said(bench.reap({{}, "001", false})), "held:a1:7200");
  EXPECT_THAT(bench.reap({{}, "003", true})->batches, ElementsAre("003"));
  EXPECT_EQ(bench.statuses(), "iiO");
  bench.clock.advance(hours(2));
  EXPECT_THAT(bench.reap({})->batches, ElementsAre("001", "002"));
  EXPECT_EQ(bench.statuses(), "OOO");
  EXPECT_THAT(bench.reap({})->batches, IsEmpty());
}

TEST(Reap, LeavesASiteThatAnotherBatchesLeaseHolds) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'i'}});
  ASSERT_TRUE(bench.claim("a1"));
  bench.dir.write("REGISTRY.md", registry_text({{"a.example", "002", 'i'}, {"b.example", "002", 'i'}}));
  ASSERT_TRUE(bench.reap({{}, "002", true}));
  EXPECT_EQ(bench.statuses(), "iO");
}

TEST(Bury, HoldsSitesBackAndTheirNeighboursGoOn) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'O'}});
  const Caller why{{}, "p1", false, "broken"};
  ASSERT_TRUE(bench.change([&](Draft& draft) { return bury(draft, domains_target({"a.example"}), why); }));
  EXPECT_TRUE(bench.change([&](Draft& draft) { return bury(draft, domains_target({"a.example"}), why); })->repeated);
  const auto given = bench.claim("a1");
  EXPECT_THAT(given->sites, ElementsAre("b.example"));
  EXPECT_EQ(said(bench.change([&](Draft& draft) { return bury(draft, domains_target({"b.example"}), why); })),
            "held:a1:7200");
  EXPECT_EQ(said(bench.change([&](Draft& draft) { return kick(draft, domains_target({"b.example"}), why); })),
            "not_buried:b.example");
  ASSERT_TRUE(bench.complete({}, with_token(given->lease->token)));
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:buried");
}

TEST(Reopen, GoesOneStepBackAndARepeatDoesNotGoFurther) {
  Bench bench({{"a.example", "001", 'Q'}});
  std::string seen;
  for (const std::string why : {"1", "2", "3", "4"}) {
    const Caller caller{{}, "p1", false, why};
    const Verb verb = [&](Draft& draft) { return reopen(draft, domains_target({"a.example"}), caller); };
    ASSERT_TRUE(bench.change(verb)) << why;
    seen += bench.statuses();
    const auto again = bench.change(verb);
    ASSERT_TRUE(again) << why << said(again);
    EXPECT_TRUE(again->repeated) << why;
    seen += bench.statuses();
  }
  EXPECT_EQ(seen, "OODDBB--");
  EXPECT_EQ(bench.parsed().find("a.example")->batch, "");
}

TEST(Reopen, IsRefusedWhileALeaseIsLive) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "001", 'I'}});
  ASSERT_TRUE(bench.claim("a1"));
  const Verb verb = [](Draft& draft) { return reopen(draft, domains_target({"b.example"}), {{}, "p1", true, "x"}); };
  EXPECT_EQ(said(bench.change(verb)), "held:a1:7200");
  bench.clock.advance(hours(2));
  EXPECT_TRUE(bench.change(verb));
  EXPECT_EQ(bench.status("b.example"), 'O');
}

TEST(Lock, MovesDesignedSitesAndLeavesNoLease) {
  Bench bench({{"a.example", "001", 'd'}, {"b.example", "002", 'D'}, {"c.example", "002", 'I'}});
  const auto lock = [&](std::optional<std::string> batch) {
    return bench.change([&](Draft& draft) { return lock_batch(draft, batch, named("p1")); });
  };
  EXPECT_EQ(said(lock("001")), "not_ready:d");
  EXPECT_EQ(lock(std::nullopt)->batch, "002");
  EXPECT_EQ(bench.statuses(), "dOI");
  EXPECT_TRUE(lock("002")->repeated);
  EXPECT_EQ(said(lock(std::nullopt)), "no_domains");
  EXPECT_EQ(bench.claim("a1")->action, "start");
}

TEST(Finish, MovesImplementedSitesOnly) {
  Bench bench({{"a.example", "001", 'I'}, {"b.example", "001", 'O'}});
  const auto finish_of = [&](const Target& target) {
    return bench.change([&](Draft& draft) { return finish(draft, target, named("p1")); });
  };
  EXPECT_EQ(said(finish_of(domains_target({"a.example", "b.example"}))), "invalid_transition:b.example O -> Q");
  EXPECT_EQ(bench.statuses(), "IO");
  EXPECT_TRUE(finish_of(batch_target("001")));
  EXPECT_EQ(bench.statuses(), "QO");
  EXPECT_TRUE(finish_of(domains_target({"a.example"}))->repeated);
}

TEST(Renew, RenewsAllOfAnOwnerAndLapsedOnesThatNobodyTook) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'B'}});
  ASSERT_TRUE(bench.claim("a1"));
  ASSERT_TRUE(bench.claim("a1", Phase::kDesign));
  bench.clock.advance(hours(2));
  const std::string before = bench.history();
  const auto renewed = bench.heartbeat({}, named("a1"));
  EXPECT_EQ(renewed->batches.size(), 2U);
  EXPECT_TRUE(renewed->late);
  EXPECT_EQ(bench.history(), before);
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:all_held");
  EXPECT_EQ(said(bench.heartbeat({}, named("a2"))), "not_claimed");
}

TEST(CheckClaim, SaysWhoseItIsAndChangesNothing) {
  Bench bench({{"a.example", "001", 'O'}});
  const Token token = bench.claim("a1")->lease->token;
  const auto check = [&](const Caller& caller) {
    return preview(bench.queue(), [&](Draft& draft) { return check_claim(draft, {}, batch_target("001"), caller); });
  };
  EXPECT_THAT(check(with_token(token))->sites, ElementsAre("a.example"));
  EXPECT_EQ(said(check(named("a2"))), "held:a1:7200");
  EXPECT_EQ(said(check(with_token(token + 1))), "stale_claim:a1");
}

TEST(Register, AddsAllOrNone) {
  Bench bench({{"a.example", "001", 'O'}});
  const auto add = [&](const std::vector<NewSite>& sites, const Caller& caller = named("p1")) {
    return bench.change([&](Draft& draft) { return register_sites(draft, sites, caller); });
  };
  EXPECT_EQ(said(add({{"b.example", "", "", ""}, {"a.example", "", "", ""}})), "already_registered:a.example");
  EXPECT_EQ(said(add({{"b example", "", "", ""}})), "invalid_domain");
  EXPECT_EQ(said(add({})), "no_sites");
  EXPECT_EQ(bench.statuses(), "O");
  EXPECT_TRUE(add({{"b.example", "B | C", "", ""}}));
  EXPECT_TRUE(add({{"b.example", "B | C", "", ""}})->repeated);
  EXPECT_EQ(said(add({{"b.example", "", "", ""}}, named("p2"))), "already_registered:b.example");
  EXPECT_EQ(bench.statuses(), "O-");
}

TEST(MakeBatches, GoesAboveTheHighestIdOfRegistryHistoryAndFiles) {
  Bench bench({{"a.example", "", '-'}, {"b.example", "", '-'}, {"c.example", "", '-'}, {"d.example", "007", 'B'}});
  const auto batch = [&](BatchRequest request, const Caller& caller = {}, const std::string& highest_file = "") {
    return bench.change([&](Draft& draft) {
      draft.know_highest_batch_file(highest_file);
      return make_batches(draft, request, caller);
    });
  };
  EXPECT_THAT(batch({1, {"a.example"}}, {}, "011")->batches, ElementsAre("012"));
  EXPECT_THAT(bench.dir.read(".smbatcher/batches/batch-012.md"), ::testing::HasSubstr("\n## a.example\n"));
  bench.dir.write("REGISTRY.md", registry_text({{"b.example", "", '-'}, {"c.example", "", '-'}}));
  EXPECT_THAT(batch({1, {}}, named("p1"))->batches, ElementsAre("013", "014"));
  EXPECT_TRUE(batch({1, {}}, named("p1"))->repeated);
  EXPECT_EQ(said(batch({1, {}})), "no_eligible_sites");
  EXPECT_EQ(said(batch({1, {"b.example"}})), "invalid_transition:b.example B -> B");
}

TEST(CreateRegistry, BeginsWithTokenOneAndKeepsAnEarlierLifesTokens) {
  Bench bench({{"a.example", "", '-'}});
  std::remove(bench.dir.at("REGISTRY.md").c_str());
  const std::vector<NewSite> sites{{"a.example", "A", "", ""}};
  ASSERT_TRUE(create_registry(bench.queue(), sites, named("p1")));
  EXPECT_EQ(said(create_registry(bench.queue(), sites, named("p1"))).substr(0, 14), "already_exists");
  ASSERT_TRUE(bench.change([](Draft& draft) { return make_batches(draft, {}, named("p1")); }));
  EXPECT_EQ(bench.claim("a1", Phase::kDesign)->lease->token, 1U);
  std::remove(bench.dir.at("REGISTRY.md").c_str());
  ASSERT_TRUE(create_registry(bench.queue(), sites, named("p1")));
  ASSERT_TRUE(bench.change([](Draft& draft) { return make_batches(draft, {}, named("p1")); }));
  EXPECT_EQ(said(bench.claim("a2", Phase::kDesign)), "no_work_found:all_held");  // a1's lease over the domain is live
  bench.clock.advance(hours(2));
  const auto next = bench.claim("a2", Phase::kDesign);
  EXPECT_EQ(next->batch, "002");
  EXPECT_EQ(next->lease->token, 2U);
}

}  // namespace
}  // namespace smbatcher::test
