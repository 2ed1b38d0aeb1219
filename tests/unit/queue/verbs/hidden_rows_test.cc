#include "libregistry/queue/ledger/check_claims.h"
#include "tests/unit/queue/verbs/support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;

const std::string kQueueHead = "| Domain | Batch | Status |\n|---|---|---|\n";

std::vector<std::string> codes_of(const std::vector<Warning>& warnings) {
  std::vector<std::string> codes;
  for (const Warning& warning : warnings) {
    codes.push_back(warning.code);
  }
  return codes;
}

/// Why there is no work for `owner`; empty when there is.
std::string why_none(Bench& bench, const std::string& owner) {
  const auto answer = bench.claim(owner);
  if (!answer || !answer->refusal) {
    return "";
  }
  for (const auto& [key, value] : answer->refusal->facts) {
    if (key == "why") {
      return *value.string();
    }
  }
  return answer->refusal->reason.text();
}

TEST(HiddenRows, AreNeverSaidToBeDone) {
  Bench cut_off(kQueueHead + "| a.example | 1 | I |\n\n| b.example | 2 | O |\n");
  EXPECT_EQ(why_none(cut_off, "anna"), "damaged");
  Bench without_batch(kQueueHead + "| a.example | 1 | I |\n\n| b.example | | - |\n");
  EXPECT_EQ(why_none(without_batch, "anna"), "damaged");
  Bench empty(kQueueHead + "\n| b.example | 2 | O |\n");
  EXPECT_EQ(why_none(empty, "anna"), "damaged");
  Bench conflict(kQueueHead + "| a.example | 1 | I |\n<<<<<<< HEAD\n=======\n>>>>>>> x\n");
  EXPECT_EQ(why_none(conflict, "anna"), "damaged");
  Bench done(kQueueHead + "| a.example | 1 | I |\n");
  EXPECT_EQ(why_none(done, "anna"), "all_done");
}

TEST(HiddenRows, LeaveTheOtherBatchesToBeClaimed) {
  Bench bench(kQueueHead + "| a.example | 1 | O |\n\n| b.example | 2 | O |\n");
  const auto answer = bench.claim("anna");
  EXPECT_EQ(answer->batch, "1");
  EXPECT_THAT(codes_of(answer->warnings), ::testing::Contains("row_outside_table"));
}

TEST(HiddenRows, OfAClaimAreNamedToItsHolder) {
  Bench bench({{"a.example", "1", 'O'}, {"b.example", "2", 'O'}});
  const Token token = bench.claim("anna")->lease->token;
  const std::string whole = bench.registry();
  std::string cut = whole;
  cut.replace(cut.find("| a.example"), 0, "\n");
  bench.dir.write("REGISTRY.md", cut);
  const auto by_batch = bench.complete(batch_target("1"), with_token(token));
  ASSERT_FALSE(by_batch);
  EXPECT_EQ(by_batch.error().reason.text(), "damaged_row");
  EXPECT_THAT(by_batch.error().message, HasSubstr("is in no table"));
  EXPECT_EQ(said(bench.complete(domains_target({"a.example"}), with_token(token))), "damaged_row");
  bench.dir.write("REGISTRY.md",
                  kQueueHead + "<<<<<<< x\n| a.example | 1 | i |\n=======\n| a.example | 1 | O |\n>>>>>>> y\n");
  const auto in_conflict = bench.complete(batch_target("1"), with_token(token));
  ASSERT_FALSE(in_conflict);
  EXPECT_THAT(in_conflict.error().message, HasSubstr("lines 3, 5 and 7"));
  bench.dir.write("REGISTRY.md", whole);
  EXPECT_EQ(said(bench.complete(batch_target("1"), with_token(token))), "ok") << "nothing was lost";
}

TEST(AbsentRows, OfALiveLeaseAreSaidAndKeepTheQueueOpen) {
  Bench bench({{"a.example", "1", 'O'}, {"b.example", "2", 'I'}});
  const Token token = bench.claim("anna")->lease->token;
  bench.dir.write("REGISTRY.md", registry_text({{"b.example", "2", 'I'}}));
  const auto other = bench.claim("ben");
  ASSERT_TRUE(other->refusal.has_value());
  EXPECT_THAT(codes_of(other->warnings), ::testing::Contains("lease_without_rows"));
  EXPECT_EQ(why_none(bench, "ben"), "all_held");
  EXPECT_EQ(said(bench.complete(batch_target("1"), with_token(token))), "rows_missing");
  EXPECT_EQ(said(bench.complete({}, with_token(token))), "rows_missing");
  EXPECT_EQ(said(bench.claim("anna")), "owner_busy:1");
  EXPECT_EQ(said(bench.heartbeat(batch_target("1"), with_token(token))), "ok");
  EXPECT_THAT(codes_of(check_claims(bench.queue()).value()), ::testing::ElementsAre("lease_without_rows"));
  ReleaseRequest release;
  release.target = batch_target("1");
  EXPECT_EQ(said(bench.release(release, with_token(token))), "ok");
  EXPECT_EQ(why_none(bench, "ben"), "all_done");
}

TEST(AbsentRows, AreFoundByTheNumberOfTheirBatchAndByTheirDomain) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'I'}});
  const Token token = bench.claim("anna")->lease->token;
  bench.dir.write("REGISTRY.md", registry_text({{"b.example", "002", 'I'}}));
  EXPECT_EQ(said(bench.complete(batch_target("1"), with_token(token))), "rows_missing");
  EXPECT_EQ(said(bench.complete(domains_target({"a.example"}), with_token(token))), "rows_missing");
  EXPECT_EQ(said(bench.complete(domains_target({"c.example"}), with_token(token))), "domain_not_found");
  EXPECT_EQ(said(bench.heartbeat(batch_target("1"), with_token(token))), "ok");
  ReleaseRequest release;
  release.target = batch_target("1");
  EXPECT_EQ(said(bench.release(release, with_token(token))), "ok");
  EXPECT_EQ(said(bench.heartbeat(batch_target("1"), with_token(token))), "batch_not_found");
}

TEST(AbsentRows, AreSaidAlsoWhenSomeOfTheBatchAreThere) {
  Bench bench({{"a.example", "1", 'O'}, {"b.example", "1", 'O'}});
  ASSERT_EQ(said(bench.claim("anna")), "ok");
  bench.dir.write("REGISTRY.md", registry_text({{"b.example", "1", 'i'}}));
  const auto warnings = check_claims(bench.queue()).value();
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0].message, HasSubstr("no row of a.example"));
}

TEST(ConflictMarkers, LetNoSiteBeRegistered) {
  const std::string text = kQueueHead + "<<<<<<< x\n| a.example | 1 | i |\n=======\n| a.example | 1 | O |\n>>>>>>> y\n";
  Bench bench(text);
  const auto answer = bench.change([](Draft& draft) {
    return register_sites(draft, {{"n.example", "", "", ""}}, smbatcher::test::named("anna"));
  });
  EXPECT_EQ(said(answer), "registry_conflict");
  EXPECT_EQ(bench.registry(), text);
}

}  // namespace
}  // namespace smbatcher::test
