#include "libregistry/core/base/text.h"
#include "tests/unit/queue/verbs/support.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;

// What a lease costs that ends without completing its work: docs/claims-and-leases.md, "Attempts".

const WorkKey kWork{Phase::kImplement, "001"};
const std::vector<Row> kTwoSites{{"a.example", "001", 'O'}, {"b.example", "001", 'O'}};

Target batch() { return batch_target("001"); }

class Attempted {
 public:
  explicit Attempted(const std::vector<Row>& rows, int max_attempts = 5) : bench_(rows) {
    bench_.config.max_attempts = max_attempts;
    bench_.config.retry_first = seconds(0);
  }
  Bench* operator->() { return &bench_; }
  Bench& bench() { return bench_; }

  Attempts of(const std::string& domain) { return of_record().sites[domain]; }
  Attempts of_batch() { return of_record().unbegun; }
  /// "2 0 1": of a.example, of b.example, of the batch.
  std::string counts() {
    return std::to_string(of("a.example").count) + " " + std::to_string(of("b.example").count) + " " +
           std::to_string(of_batch().count);
  }
  /// Claims the batch for `owner`, and begins `domains`.
  Token claim(const std::string& owner, const std::vector<std::string>& begun = {}) {
    const auto given = bench_.claim(owner);
    EXPECT_EQ(said(given), "ok");
    if (!begun.empty()) {
      EXPECT_EQ(said(bench_.begin(begun, named(owner))), "ok");
    }
    return given && given->lease ? given->lease->token : 0;
  }

 private:
  WorkRecord of_record() {
    const View view = bench_.view();
    const WorkRecord* record = view.state.find(kWork);
    return record == nullptr ? WorkRecord{} : *record;
  }
  Bench bench_;
};

TEST(Attempts, AClaimCostsNothingUntilItEnds) {
  Attempted queue(kTwoSites);
  queue.claim("a1", {"a.example"});
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST(Attempts, BegunAndUnfinishedCostsTheSiteAndNoNeighbour) {
  const std::vector<std::pair<std::string, std::function<void(Bench&)>>> ends{
      {"release",
       [](Bench& bench) {
         ASSERT_TRUE(bench.release({{}, batch(), {}, true}, named("a1")));
       }},
      {"reap",
       [](Bench& bench) {
         bench.clock.advance(hours(2));
         ASSERT_TRUE(bench.reap({}));
       }},
      {"forced reap",
       [](Bench& bench) {
         ASSERT_TRUE(bench.reap({{}, "001", false}, {{}, {}, true, "stuck"}));
       }},
      {"adoption",
       [](Bench& bench) {
         bench.clock.advance(hours(2));
         ASSERT_EQ(bench.claim("a2")->action, "adopt");
       }},
      {"start by another", [](Bench& bench) {
         bench.dir.write("REGISTRY.md", registry_text(kTwoSites));
         bench.clock.advance(hours(2));
         ASSERT_TRUE(bench.change([](Draft& draft) {
           return start(draft, Bench::request("a2"), domains_target({"b.example"}), named("a2"));
         }));
       }}};
  for (const auto& [name, end] : ends) {
    Attempted queue(kTwoSites);
    queue.claim("a1", {"a.example"});
    end(queue.bench());
    EXPECT_EQ(queue.counts(), "1 0 0") << name;
    ASSERT_TRUE(queue.of("a.example").failure) << name;
  }
}

TEST(Attempts, ALeaseThatBeganNothingCostsTheBatch) {
  Attempted queue(kTwoSites);
  queue.claim("a1");
  ASSERT_TRUE(queue->release({{}, batch(), {}, true}, named("a1")));
  EXPECT_EQ(queue.counts(), "0 0 1");
  queue.claim("a2");
  queue->clock.advance(hours(2));
  ASSERT_TRUE(queue->reap({}));
  EXPECT_EQ(queue.counts(), "0 0 2");
  EXPECT_EQ(queue.of_batch().failure->why, "the lease of 'a2' ended");
}

TEST(Attempts, AnUncountedReleaseCostsNothing) {
  for (const std::vector<std::string>& begun : {std::vector<std::string>{}, {"a.example"}}) {
    Attempted queue(kTwoSites);
    queue.claim("a1", begun);
    ASSERT_TRUE(queue->release({{}, batch(), {}, false}, named("a1")));
    EXPECT_EQ(queue.counts(), "0 0 0");
  }
}

TEST(Attempts, NeitherTheLockStepNorWorkThatNobodyClaimedCostsAnything) {
  Attempted queue({{"a.example", "001", 'D'}, {"b.example", "002", 'i'}});
  ASSERT_EQ(queue->claim("a1")->action, "lock");
  queue->clock.advance(hours(3));
  ASSERT_TRUE(queue->reap({}));
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(queue->view().state.find({Phase::kImplement, "002"})->unbegun.count, 0);
}

TEST(Attempts, BeginTwiceUnderOneLeaseCountsOnce) {
  Attempted queue(kTwoSites);
  const Token token = queue.claim("a1");
  EXPECT_FALSE(queue->begin({"a.example"}, with_token(token))->repeated);
  const std::string history = queue->history();
  EXPECT_TRUE(queue->begin({"a.example"}, with_token(token))->repeated);
  EXPECT_EQ(queue->history(), history);
  queue->clock.advance(hours(2));
  ASSERT_TRUE(queue->reap({}));
  EXPECT_EQ(queue.counts(), "1 0 0");
}

TEST(Attempts, ASiteThatWasGivenBackIsCountedOnceAndItsNeighbourNotAtAll) {
  Attempted queue(kTwoSites);
  queue.claim("a1", {"a.example"});
  ASSERT_TRUE(queue->release({{}, domains_target({"a.example"}), {}, true}, named("a1")));
  EXPECT_EQ(queue.counts(), "1 0 0");
  queue->clock.advance(hours(2));
  ASSERT_TRUE(queue->reap({}));
  EXPECT_EQ(queue.counts(), "1 0 0") << "the lease had begun something";
}

TEST(Attempts, ACompletionForgetsThoseOfItsSiteAndOfTheBatch) {
  Attempted queue(kTwoSites);
  queue.claim("a1");
  ASSERT_TRUE(queue->release({{}, batch(), {}, true}, named("a1")));
  queue.claim("a2", {"a.example", "b.example"});
  ASSERT_TRUE(queue->release({{}, batch(), {}, true}, named("a2")));
  EXPECT_EQ(queue.counts(), "1 1 1");
  queue.claim("a3");
  ASSERT_TRUE(queue->complete(domains_target({"a.example"}), named("a3")));
  EXPECT_EQ(queue.counts(), "0 1 0");
  queue->clock.advance(hours(2));
  ASSERT_TRUE(queue->reap({}));
  EXPECT_EQ(queue.counts(), "0 1 0") << "who completes something has worked, and begun nothing else";
}

TEST(Attempts, BuryTheSiteAtTheLimitAndKickForgetsThem) {
  Attempted queue(kTwoSites, 2);
  queue.claim("a1", {"b.example"});
  ASSERT_TRUE(queue->release({{}, batch(), {}, false}, named("a1")));  // not counted
  queue.claim("a1", {"b.example"});
  ASSERT_TRUE(queue->release({{}, batch(), {}, true}, named("a1")));
  queue.claim("a2", {"a.example", "b.example"});
  ASSERT_TRUE(queue->complete(domains_target({"a.example"}), named("a2")));
  queue->clock.advance(hours(2));
  EXPECT_EQ(said(queue->claim("a3")), "no_work_found:buried");  // the burial is kept though the answer is no
  EXPECT_EQ(queue->statuses(), "IO");
  ASSERT_TRUE(queue.of("b.example").buried);
  EXPECT_EQ(queue.of("b.example").buried->why, "2 attempts without completion");
  EXPECT_EQ(queue.of("b.example").failure->why, "the lease of 'a2' ended");
  ASSERT_TRUE(queue->change([](Draft& draft) { return kick(draft, domains_target({"b.example"}), {}); }));
  EXPECT_EQ(queue->claim("a3")->action, "start");
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST(Attempts, ANeighbourThatNeverRanIsNeverBuried) {
  Attempted queue(kTwoSites, 2);
  for (int i = 0; i < 2; ++i) {
    queue.claim("a1", {"a.example"});
    queue->clock.advance(hours(2));
    ASSERT_TRUE(queue->reap({}));
  }
  EXPECT_TRUE(queue.of("a.example").buried);
  EXPECT_THAT(queue->claim("a1")->sites, ElementsAre("b.example"));
}

TEST(Attempts, SiteWithUsedUpAttemptsThatGitBroughtBackIsBuriedByARelease) {
  Attempted queue({{"a.example", "001", 'O'}}, 1);
  const std::string before = queue->registry();
  queue.claim("a1", {"a.example"});
  queue->dir.write("REGISTRY.md", before);
  ASSERT_TRUE(queue->release({{}, batch(), {}, true}, named("a1")));
  EXPECT_EQ(said(queue->claim("a2")), "no_work_found:buried");
}

TEST(GivenUp, ABatchWhoseClaimsDieBeforeTheyBeginIsLeftToAPerson) {
  Attempted queue({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}}, 2);
  queue.claim("a1");
  queue->clock.advance(hours(2));
  queue.claim("a1");
  queue->clock.advance(hours(2));
  const auto next = queue->claim("a2");
  EXPECT_EQ(next->batch, "002") << "an agent that dies at once does not loop for ever";
  EXPECT_EQ(queue->statuses(), "Oi");
  EXPECT_EQ(queue.of_batch().buried->why, "2 claims ended before the work on a site was begun");
  EXPECT_EQ(said(queue->claim("a3")), "no_work_found:all_held");
  ASSERT_TRUE(queue->complete({}, with_token(next->lease->token)));
  const auto none = queue->claim("a3");
  EXPECT_EQ(said(none), "no_work_found:given_up");
  EXPECT_THAT(none->refusal->message, ::testing::HasSubstr("smbatcher kick --batch ID"));
  ClaimRequest just_this = Bench::request("a3");
  just_this.batch = "001";
  EXPECT_EQ(said(queue->claim(just_this)), "not_ready:O");
  EXPECT_EQ(said(queue->change([](Draft& draft) {
              return start(draft, Bench::request("a3"), domains_target({"a.example"}), named("a3"));
            })),
            "not_ready:O");
  EXPECT_EQ(said(queue->change([](Draft& draft) { return kick(draft, domains_target({"a.example"}), {}); })),
            "not_buried:a.example");
  ASSERT_EQ(said(queue->change([](Draft& draft) { return kick(draft, batch(), {}); })), "ok");
  EXPECT_EQ(queue->claim("a3")->batch, "001");
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST(GivenUp, ByTheReleaseThatWasTheLastAttempt) {
  Attempted queue(kTwoSites, 1);
  queue.claim("a1");
  ASSERT_TRUE(queue->release({{}, batch(), {}, true}, named("a1")));
  EXPECT_EQ(said(queue->claim("a2")), "no_work_found:given_up");
}

TEST(Begin, NeedsTheClaimAndASiteThatWasGivenWithIt) {
  Attempted queue({{"a.example", "001", 'O'}, {"b.example", "001", 'I'}, {"c.example", "002", 'O'}});
  const Token token = queue.claim("a1");
  EXPECT_EQ(said(queue->begin({"c.example"}, named("a1"))), "not_claimed:002");
  EXPECT_EQ(said(queue->begin({"b.example"}, with_token(token))), "not_claimed:001");
  EXPECT_EQ(said(queue->begin({"a.example"}, named("a2"))), "held:a1:7200");
  EXPECT_EQ(said(queue->begin({"a.example"}, with_token(token + 5))), "stale_claim:a1");
}

TEST(Begin, IsSaidByAStartThatNamesSitesAndNotByOneOfABatch) {
  Attempted queue(kTwoSites);
  ClaimRequest request = Bench::request("a1");
  request.begins = true;
  const auto start_on = [&](const Target& target) {
    return queue->change([&](Draft& draft) { return start(draft, request, target, named("a1")); });
  };
  ASSERT_TRUE(start_on(batch()));
  EXPECT_FALSE(queue->claim_of(Phase::kImplement, "001")->worked);
  EXPECT_FALSE(start_on(domains_target({"a.example"}))->repeated);
  EXPECT_THAT(queue->claim_of(Phase::kImplement, "001")->begun, ElementsAre("a.example"));
  EXPECT_THAT(queue->history(), ::testing::HasSubstr("\"verb\":\"begin\""));
  EXPECT_TRUE(start_on(domains_target({"a.example"}))->repeated);
}

TEST(RetryDelay, ComesWithACountedReleaseAndGrows) {
  Bench bench({{"a.example", "001", 'O'}});
  bench.config.max_attempts = 100;
  for (const bool begins : {false, true}) {
    for (const int delay : {1, 2, 4, 8, 16, 32, 60, 60}) {
      ASSERT_TRUE(bench.claim("a1"));
      if (begins) {
        ASSERT_TRUE(bench.begin({"a.example"}, named("a1")));
      }
      ASSERT_TRUE(bench.release({{}, batch(), {}, true}, named("a1")));
      bench.clock.advance(minutes(delay) - seconds(1));
      EXPECT_EQ(said(bench.claim("a2")), "no_work_found:delayed") << delay;
      bench.clock.advance(seconds(1));
    }
  }
}

TEST(RetryDelay, DoesNotComeWithAnUncountedReleaseNorForANeighbour) {
  Bench bench(kTwoSites);
  ASSERT_TRUE(bench.claim("a1"));
  ASSERT_TRUE(bench.release({{}, batch(), {}, false}, named("a1")));
  ASSERT_TRUE(bench.claim("a1"));
  ASSERT_TRUE(bench.begin({"a.example"}, named("a1")));
  ASSERT_TRUE(bench.release({{}, batch(), {}, true}, named("a1")));
  EXPECT_THAT(bench.claim("a2")->sites, ElementsAre("b.example"));
}

TEST(RetryDelay, OfZeroOverridesTheConfiguredOne) {
  Bench bench({{"a.example", "001", 'O'}});
  ASSERT_TRUE(bench.claim("a1"));
  ASSERT_TRUE(bench.release({{}, batch(), seconds(0), true}, named("a1")));
  EXPECT_EQ(bench.claim("a2")->action, "start");
}

TEST(RetryDelay, ARepeatedReleaseWithAnotherOneAppliesIt) {
  Bench bench({{"a.example", "001", 'O'}});
  const Token token = bench.claim("a1")->lease->token;
  const auto again = [&](seconds delay) { return bench.release({{}, {"001", {}}, delay, true}, with_token(token)); };
  ASSERT_TRUE(again(minutes(10)));
  bench.clock.advance(minutes(1));
  EXPECT_TRUE(again(minutes(10))->repeated) << "a lost answer: the end does not move";
  bench.clock.advance(minutes(9));
  EXPECT_EQ(said(bench.claim("a2", Phase::kDesign)), "no_work_found:all_done");
  EXPECT_FALSE(again(minutes(20))->repeated);
  bench.clock.advance(minutes(19));
  EXPECT_EQ(said(bench.claim("a2")), "no_work_found:delayed");
  EXPECT_FALSE(again(seconds(0))->repeated);
  EXPECT_TRUE(again(seconds(0))->repeated);
  EXPECT_EQ(bench.claim("a2")->action, "start");
  EXPECT_EQ(said(again(minutes(5))), "stale_claim:a2") << "somebody has it now";
}

TEST(RetryDelay, IsLiftedByKick) {
  for (const Target& target : {batch(), domains_target({"a.example"})}) {
    Bench bench({{"a.example", "001", 'O'}});
    ASSERT_TRUE(bench.claim("a1"));
    ASSERT_TRUE(bench.release({{}, batch(), minutes(10), true}, named("a1")));
    ASSERT_EQ(said(bench.change([&](Draft& draft) { return kick(draft, target, {}); })), "ok");
    EXPECT_EQ(bench.claim("a2")->action, "start");
  }
}

TEST(StaleToken, IsSaidToHoldNoLongerOnlyIfItEverDid) {
  using ::testing::HasSubstr;
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  const Token first = bench.claim("a1")->lease->token;
  const Token other = bench.claim("a2")->lease->token;
  ASSERT_TRUE(bench.release({{}, batch(), seconds(0), true}, named("a1")));
  ASSERT_TRUE(bench.claim("a3"));
  const auto message = [&](Token token) { return bench.complete(batch(), with_token(token)).error().message; };
  EXPECT_THAT(message(first), HasSubstr("token " + std::to_string(first) + " no longer holds batch '001'"));
  EXPECT_THAT(message(other), HasSubstr("token " + std::to_string(other) + " was never given for batch '001'"));
  EXPECT_THAT(message(99), HasSubstr("token 99 was never given for batch '001'"));
}

TEST(Failure, IsOneShortLine) {
  const Failure failure = Failure::of("one\ntwo \x1b[31m" + std::string(1000, 'x'), {});
  EXPECT_THAT(failure.why, ::testing::StartsWith("one\\ntwo \\x1b[31mxxx"));
  EXPECT_EQ(failure.why.size(), Failure::kMost);
  for (std::size_t length = 290; length < 310; ++length) {
    const std::string why = Failure::of(std::string(length, 'x') + "äöü", {}).why;
    EXPECT_TRUE(is_valid_utf8(why)) << why;
    EXPECT_LE(why.size(), Failure::kMost);
  }
}

TEST(Failure, OfAReleaseIsItsReason) {
  Attempted queue(kTwoSites);
  queue.claim("a1", {"a.example"});
  Caller caller = named("a1");
  caller.why = "no photos yet";
  ASSERT_TRUE(queue->release({{}, batch(), {}, true}, caller));
  EXPECT_EQ(queue.of("a.example").failure->why, "no photos yet");
  EXPECT_FALSE(queue.of("b.example").failure);
}

}  // namespace
}  // namespace smbatcher::test
