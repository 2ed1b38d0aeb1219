#include "libregistry/queue/verbs/rewinds.h"

#include "libregistry/queue/ledger/check_claims.h"
#include "libregistry/queue/verbs/enroll.h"
#include "tests/unit/queue/verbs/support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;

/// The messages of the warnings "rewound".
std::vector<std::string> rewound_in(const std::vector<Warning>& warnings) {
  std::vector<std::string> messages;
  for (const Warning& warning : warnings) {
    if (warning.code == "rewound") {
      messages.push_back(warning.message);
    }
  }
  return messages;
}

std::size_t events_of(const Bench& bench, const std::string& verb) {
  const std::string history = bench.history();
  const std::string wanted = "\"verb\":\"" + verb + "\"";
  std::size_t count = 0;
  for (std::size_t at = history.find(wanted); at != std::string::npos; at = history.find(wanted, at + 1)) {
    ++count;
  }
  return count;
}

/// A bench whose site a.example was completed under a token, which is answered.
Token completed(Bench& bench) {
  const Token token = bench.claim("anna")->lease->token;
  EXPECT_EQ(said(bench.complete(batch_target("1"), with_token(token))), "ok");
  return token;
}

const std::vector<Row> kTwo{{"a.example", "1", 'O'}, {"b.example", "2", 'O'}};

TEST(Rewinds, AreToldByEveryAnswerAndOnceInTheHistory) {
  Bench bench(kTwo);
  const Token token = completed(bench);
  EXPECT_TRUE(rewound_in(bench.claim("ben")->warnings).empty());
  bench.dir.write("REGISTRY.md", registry_text({{"a.example", "1", 'O'}, {"b.example", "2", 'i'}}));
  const auto preview =
      smbatcher::preview(bench.queue(), [](Draft& draft) { return smbatcher::claim(draft, Bench::request("cleo")); });
  ASSERT_EQ(rewound_in(preview->warnings).size(), 1U);
  EXPECT_EQ(events_of(bench, "rewound"), 0U) << "a reader writes nothing";
  const auto given = bench.claim("cleo");
  EXPECT_EQ(given->batch, "1") << "a person may have wanted it";
  ASSERT_EQ(rewound_in(given->warnings).size(), 1U);
  EXPECT_THAT(rewound_in(given->warnings)[0], HasSubstr("'a.example' of batch '1' was completed to I under token " +
                                                        std::to_string(token) + ", but its row shows O"));
  EXPECT_EQ(rewound_in(bench.heartbeat({}, with_token(given->lease->token))->warnings).size(), 1U);
  EXPECT_EQ(rewound_in(check_claims(bench.queue()).value()).size(), 1U);
  EXPECT_EQ(events_of(bench, "rewound"), 1U);
  EXPECT_EQ(said(bench.complete(batch_target("1"), with_token(given->lease->token))), "ok");
  EXPECT_TRUE(rewound_in(check_claims(bench.queue()).value()).empty()) << "it was done once more";
}

TEST(Rewinds, AreNoneWhereAPersonReopened) {
  Bench bench(kTwo);
  (void)completed(bench);
  const auto reopened = bench.change([](Draft& draft) {
    return reopen(draft, domains_target({"a.example"}), {std::nullopt, "boss", false, "bad"});
  });
  ASSERT_EQ(said(reopened), "ok");
  EXPECT_TRUE(rewound_in(reopened->warnings).empty());
  EXPECT_TRUE(rewound_in(check_claims(bench.queue()).value()).empty());
  EXPECT_EQ(events_of(bench, "rewound"), 0U);
}

TEST(Rewinds, AreKnownOfFinishedSitesToo) {
  Bench bench(kTwo);
  const Token token = completed(bench);
  ASSERT_EQ(
      said(bench.change([](Draft& draft) { return finish(draft, domains_target({"a.example"}), named("anna")); })),
      "ok");
  bench.dir.write("REGISTRY.md", registry_text({{"a.example", "1", 'I'}, {"b.example", "2", 'O'}}));
  const auto told = rewound_in(check_claims(bench.queue()).value());
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0], HasSubstr("completed to Q under token " + std::to_string(token) + ", but its row shows I"));
}

TEST(Rewinds, AreFoldedFromTheHistoryAlone) {
  Bench bench(kTwo);
  (void)completed(bench);
  bench.dir.write("REGISTRY.md", registry_text(kTwo));
  ASSERT_EQ(rewound_in(bench.claim("ben")->warnings).size(), 1U);
  const WorkRecord before = *bench.view().state.find({Phase::kImplement, "1"});
  const WorkRecord folded = *read_view(bench.queue(), Reading::kHistory)->state.find({Phase::kImplement, "1"});
  EXPECT_EQ(before.done, folded.done);
  ASSERT_EQ(folded.done.size(), 1U);
  EXPECT_TRUE(folded.done.at("a.example").rewound);
  EXPECT_EQ(bench.history().find("\"done\":{"), std::string::npos) << "the rows of the lines say it";
}

TEST(Rewinds, SurviveTheJsonOfAClaimFile) {
  WorkRecord record;
  record.done["a.example"] = {Status::kFinished, 17, true};
  record.done["b.example"] = {Status::kImplemented, 0, false};
  const WorkKey key{Phase::kImplement, "1"};
  EXPECT_EQ(record_from_json(to_json(key, record), key)->done, record.done);
  EXPECT_TRUE(record_from_json(to_json(key, WorkRecord{}), key)->done.empty());
}

TEST(Rewinds, OfManyRowsAreCounted) {
  std::vector<Row> sites;
  for (int number = 10; number < 35; ++number) {
    sites.push_back({"s" + std::to_string(number) + ".example", "1", 'O'});
  }
  Bench bench(sites);
  const std::string before = bench.dir.read("REGISTRY.md");
  (void)completed(bench);
  bench.dir.write("REGISTRY.md", before);
  const auto told = rewound_in(bench.claim("ben")->warnings);
  ASSERT_EQ(told.size(), 21U);
  EXPECT_EQ(told.back(), "5 more like these: check-registry --all lists them");
  EXPECT_EQ(rewound_in(check_claims(bench.queue()).value()).size(), 21U);
  EXPECT_EQ(rewound_in(check_claims(bench.queue(), true).value()).size(), 25U);
}

TEST(Rewinds, OfAMovedRowAreListedByTheCheck) {
  Bench bench(kTwo);
  (void)completed(bench);
  bench.dir.write("REGISTRY.md", registry_text({{"a.example", "2", 'O'}, {"b.example", "2", 'O'}}));
  EXPECT_EQ(rewound_in(check_claims(bench.queue()).value()).size(), 1U);
}

TEST(Rewinds, ToBeforeTheBatchAreToldByTheNextBatch) {
  for (const char* const neighbour : {"1", "2"}) {
    Bench bench({{"a.example", "1", 'O'}, {"b.example", neighbour, 'O'}});
    EXPECT_EQ(said(bench.complete(domains_target({"a.example"}), with_token(bench.claim("anna")->lease->token))), "ok");
    bench.dir.write("REGISTRY.md", registry_text({{"a.example", "", '-'}, {"b.example", neighbour, 'O'}}));
    const auto batched = bench.change([](Draft& draft) { return make_batches(draft, {}, named("p1")); });
    const auto told = rewound_in(batched->warnings);
    ASSERT_EQ(told.size(), 1U) << neighbour;
    EXPECT_THAT(told[0], HasSubstr("'a.example' of batch '1' was completed to I"));
    EXPECT_THAT(told[0], HasSubstr("but its row shows -"));
  }
}

}  // namespace
}  // namespace smbatcher::test
