#include "tests/unit/queue/records/fold.h"

namespace smbatcher::test {
namespace {

class CountingFileOps final : public FileOps {
 public:
  int fsync(int /*fd*/) override {
    ++syncs;
    return 0;
  }
  int syncs = 0;
};

Lease lease_of(Token token) {
  FakeClock clock;
  return grant(token, "a1", std::chrono::seconds(60), std::nullopt, clock.now());
}

Event full_event() {
  Event event;
  event.number = 12;
  event.verb = "claim";
  event.at = FakeClock().now().wall;
  event.boot = "boot-1";
  event.owner = "a1";
  event.token = 17;
  event.why = "a \"reason\"\n";
  event.late = true;
  event.forced = true;
  event.rows = {{"a.example", Status::kOpen, Status::kImplementing, "003", std::nullopt},
                {"b.example", std::nullopt, Status::kRegistered, "", std::nullopt},
                {"c.example", Status::kBatched, Status::kRegistered, "", "004"}};
  RecordChange change{{Phase::kImplement, "003"}, {}, {}};
  change.after.claim = Claim{lease_of(17), {"a.example"}, true, {"a.example"}, true};
  change.after.unbegun.count = 2;
  change.after.unbegun.failure = Failure{"the lease of 'a1' ended", FakeClock().now().wall};
  change.after.last_token = 17;
  change.after.event = 12;
  change.after.last = LastChange{"claim", 17, "a1", "", {"a.example"}};
  change.after.sites["a.example"] = {2, Deadline{FakeClock().now().wall, std::chrono::milliseconds(5), "boot-1"},
                                     Burial{"why", "by", FakeClock().now().wall}, std::chrono::seconds(5),
                                     Failure{"exit status 3", FakeClock().now().wall}};
  event.work = {change};
  event.hash_before = "xxh3:0";
  event.hash_after = "xxh3:1";
  event.floor = 5;
  return event;
}

Event plain_event(std::uint64_t number, Token token) {
  Event event;
  event.number = number;
  event.verb = "claim";
  event.boot = "boot-1";
  event.token = token;
  event.hash_after = "xxh3:1";
  return event;
}

TEST(HistoryLines, RoundTrip) {
  const std::string line = to_line(full_event());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const History history = parse_history(line, "history.jsonl");
  ASSERT_EQ(history.entries.size(), 1U);
  EXPECT_TRUE(history.entries[0].is_open());
  EXPECT_EQ(to_line(history.entries[0].event), line);
  EXPECT_EQ(history.entries[0].event.rows[2].batch_before, "004");
  EXPECT_EQ(history.entries[0].event.tokens_used_up_to(), 17U);
}

TEST(HistoryLines, ClosingsEndTheirIntent) {
  for (const Closing closing : {Closing::kDone, Closing::kVoid, Closing::kKept}) {
    const History history = parse_history(to_line(full_event()) + closing_line(12, closing), "h");
    ASSERT_EQ(history.entries.size(), 1U);
    EXPECT_EQ(history.entries[0].closing, closing);
    EXPECT_FALSE(history.entries[0].is_open());
    EXPECT_TRUE(history.warnings.empty());
  }
}

TEST(HistoryLines, EventWithoutRegistryHashesNeedsNoClosing) {
  Event event = full_event();
  event.hash_before.clear();
  event.hash_after.clear();
  EXPECT_FALSE(parse_history(to_line(event), "h").entries.at(0).is_open());
}

TEST(HistoryLines, TornLastLineIsIgnoredAndNoDamage) {
  const std::string line = to_line(full_event());
  const History torn = parse_history(line + line.substr(0, 50), "h");
  EXPECT_TRUE(torn.torn);
  EXPECT_FALSE(torn.damaged);
  EXPECT_EQ(torn.entries.size(), 1U);
  const History closed = parse_history(line + line.substr(0, 50) + torn_line_mark() + line, "h");
  EXPECT_FALSE(closed.torn);
  EXPECT_FALSE(closed.damaged);
  EXPECT_TRUE(closed.warnings.empty());
  EXPECT_EQ(closed.entries.size(), 2U);
}

TEST(HistoryLines, DamageIsAWarningWithItsLine) {
  const std::string line = to_line(full_event());
  const History history = parse_history(line + "{\"format\":1}\n" + line, "h");
  EXPECT_TRUE(history.damaged);
  ASSERT_EQ(history.warnings.size(), 1U);
  EXPECT_EQ(history.warnings[0].line, 2U);
  EXPECT_EQ(history.entries.size(), 2U);
}

TEST(HistoryLines, NewerFormatStopsEverythingInTheLastWholeLineOnly) {
  const std::string line = to_line(full_event());
  const std::string newer = "{\"format\":3,\"event\":13}\n";
  EXPECT_FALSE(parse_history(newer + line, "h").newer);
  EXPECT_TRUE(parse_history(line + newer, "h").newer);
  EXPECT_TRUE(parse_history(line + newer + "\n", "h").newer);
  EXPECT_TRUE(parse_history(line + newer + line.substr(0, 30), "h").newer);
}

TEST(HistoryLines, WhatNeedsAnUnknownFeatureStopsEverythingWhereverItStands) {
  const std::string line = to_line(full_event());
  const std::string group = R"({"format":2,"event":13,"needs":["group"]})"
                            "\n";
  EXPECT_TRUE(parse_history(group + line, "h").newer);
  EXPECT_TRUE(parse_history(line + group, "h").newer);
  EXPECT_FALSE(parse_history(R"({"format":2,"event":13,"needs":[]})"
                             "\n" +
                                 line,
                             "h")
                   .newer);
}

TEST(HistoryLines, UnknownMembersAreIgnored) {
  const std::string line = to_line(full_event());
  const std::string more = line.substr(0, line.size() - 2) + R"(,"request":{"id":"r1"},"note":"half way"})"
                                                             "\n";
  const History history = parse_history(more, "h");
  EXPECT_TRUE(history.warnings.empty());
  ASSERT_EQ(history.entries.size(), 1U);
  EXPECT_EQ(to_line(history.entries[0].event), line);
}

TEST(HistoryLines, TheFirstLineOfFormat1IsReadAsOpened) {
  const History history = parse_history(
      R"({"format":1,"event":1,"verb":"begin","at":"2026-11-20T17:00:00.000Z","boot":"b","owner":"","token":0,)"
      R"("floor":7,"rows":[],"work":[]})"
      "\n"
      R"({"format":2,"event":2,"verb":"begin","at":"2026-11-20T17:00:00.000Z","boot":"b","owner":"a","token":7,)"
      R"("rows":[],"work":[]})"
      "\n",
      "h");
  ASSERT_EQ(history.entries.size(), 2U);
  EXPECT_EQ(history.entries[0].event.verb, kOpened);
  EXPECT_EQ(history.entries[1].event.verb, "begin");
}

TEST(HistoryLines, AnUnsyncedEventThatThePowerTookIsNoLostHistory) {
  Bench bench({{"a.example", "001", 'O'}});
  CountingFileOps counting;
  const auto claimed = bench.claim("a1");
  const std::string before = bench.history();
  const int syncs = counting.syncs;
  const auto noted = change(bench.queue(counting), [](Draft& draft) -> Result<Answer> {
    draft.edit({Phase::kImplement, "001"}).sites["a.example"].count = 3;
    draft.describe("begin", "a1", 1);
    draft.mark_unsynced();
    return Answer{};
  });
  ASSERT_TRUE(noted) << noted.error().message;
  EXPECT_EQ(counting.syncs, syncs);
  ASSERT_GT(bench.history().size(), before.size());
  bench.write_history(before);
  const auto next = bench.heartbeat(batch_target("001"), with_token(claimed->lease->token));
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_EQ(bench.history(), before) << "no other life of the history has begun";
}

TEST(HistoryLines, CutAtEveryLengthIsReadAsAPrefix) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  const auto first = bench.claim("a1");
  ASSERT_TRUE(bench.claim("a2"));
  ASSERT_TRUE(bench.complete({}, with_token(first->lease->token)));
  const std::string text = bench.history();
  const auto whole = parse_history(text, "h").entries;
  const Registry registry = bench.parsed();
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const History cut = parse_history(text.substr(0, size), "h");
    EXPECT_TRUE(cut.warnings.empty()) << size;
    EXPECT_EQ(cut.torn, size > 0 && text[size - 1] != '\n') << size;
    ASSERT_LE(cut.entries.size(), whole.size());
    for (std::size_t i = 0; i < cut.entries.size(); ++i) {
      ASSERT_EQ(to_line(cut.entries[i].event), to_line(whole[i].event)) << size;
    }
    // Where the cut is between events, the state is that of the events before.
    History prefix;
    prefix.entries.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut.entries.size()));
    if (!cut.entries.empty()) {
      prefix.entries.back().closing = cut.entries.back().closing;
    }
    EXPECT_EQ(text_of(fold(cut, registry, "xxh3:x", "boot-1"), true),
              text_of(fold(prefix, registry, "xxh3:x", "boot-1"), true));
  }
}

TEST(HistoryLines, HistoryCutAtEveryLengthGivesOutNoTokenOrHeldWorkTwice) {
  const std::vector<Row> rows{{"a.example", "001", 'O'}, {"b.example", "002", 'O'}, {"c.example", "003", 'O'}};
  Bench full(rows);
  const Token first = full.claim("a1")->lease->token;
  const Token second = full.claim("a2")->lease->token;
  const std::string text = full.history();
  for (std::size_t size = 0; size < text.size(); size += 23) {
    Bench bench(rows);
    ASSERT_TRUE(bench.claim("a1"));
    ASSERT_TRUE(bench.claim("a2"));
    bench.dir.write(".smbatcher-state/history.jsonl", bench.history().substr(0, size));
    EXPECT_EQ(said(bench.heartbeat(batch_target("003"), named("nobody"))), "not_claimed:003") << size;
    const auto third = bench.claim("a3");
    ASSERT_TRUE(third) << size << said(third);
    EXPECT_EQ(third->batch, "003") << size;
    EXPECT_GT(third->lease->token, std::max(first, second)) << size;
    EXPECT_TRUE(bench.complete({}, with_token(second))) << size;
    EXPECT_TRUE(bench.complete({}, with_token(first))) << size;
  }
}

// Settling: what an intent without a closing line came to.
TEST(Settle, DecidesByHashThenRowsThenBoot) {
  const Registry shows = Registry::parse(registry_text({{"a.example", "003", 'i'}}), "r", {}).value();
  const Registry does_not = Registry::parse(registry_text({{"a.example", "003", 'O'}}), "r", {}).value();
  const Registry other_batch = Registry::parse(registry_text({{"a.example", "004", 'i'}}), "r", {}).value();
  const Registry gone = Registry::parse(registry_text({}), "r", {}).value();
  Event claim = full_event();
  claim.rows.resize(1);
  Event release = claim;
  release.verb = "release";
  release.work[0].after.claim.reset();
  struct Case {
    const Event* event;
    std::string hash;
    const Registry* registry;
    std::string boot;
    Closing expected;
  };
  for (const Event* event : {&claim, &release}) {
    const Closing brought_back = event == &claim ? Closing::kKept : Closing::kVoid;
    for (const Case& c : std::vector<Case>{
             {event, "xxh3:1", &shows, "boot-1", Closing::kDone},
             {event, "xxh3:1", &does_not, "boot-1", Closing::kDone},
             {event, "xxh3:1", &shows, "boot-2", Closing::kDone},
             {event, "xxh3:0", &shows, "boot-1", Closing::kVoid},
             {event, "xxh3:0", &does_not, "boot-1", Closing::kVoid},
             {event, "xxh3:0", &does_not, "boot-2", brought_back},
             {event, "xxh3:2", &shows, "boot-1", Closing::kDone},
             {event, "xxh3:2", &shows, "boot-2", Closing::kDone},
             {event, "xxh3:2", &does_not, "boot-1", Closing::kVoid},
             {event, "xxh3:2", &does_not, "boot-2", Closing::kVoid},
             {event, "xxh3:2", &other_batch, "boot-1", Closing::kVoid},
             {event, "xxh3:2", &gone, "boot-1", Closing::kVoid},
         }) {
      EXPECT_EQ(settle(*c.event, *c.registry, c.hash, c.boot), c.expected)
          << c.event->verb << " " << c.hash << " " << c.boot << " " << c.registry->document().bytes();
    }
  }
}

TEST(Settle, VoidKeepsTheLeaseBeforeAndTheTokenUsed) {
  Event event = full_event();
  event.work[0].before.claim = Claim{lease_of(9), {"a.example"}, false, {}, false};
  event.work[0].before.last_token = 9;
  ClaimsState state;
  apply(state, event, Closing::kVoid);
  const WorkRecord& record = state.records.at({Phase::kImplement, "003"});
  EXPECT_EQ(record.claim->lease.token, 9U);
  EXPECT_EQ(record.last_token, 17U);
  EXPECT_EQ(state.next_token, 18U);
  EXPECT_EQ(state.next_event, 13U);
  EXPECT_FALSE(state.last);
  EXPECT_TRUE(state.registry_after.empty());
}

TEST(Settle, ClosedIntentIsNeverComparedAgain) {
  const Registry does_not = Registry::parse(registry_text({{"a.example", "003", 'O'}}), "r", {}).value();
  const History history = parse_history(to_line(full_event()) + closing_line(12, Closing::kDone), "h");
  EXPECT_TRUE(fold(history, does_not, "xxh3:0", "boot-1").records.at({Phase::kImplement, "003"}).claim);
}

TEST(KeepRenewal, TakesTheLaterRenewalOfTheSameTokenOnly) {
  FakeClock clock;
  WorkRecord record;
  record.claim = Claim{lease_of(7), {"a.example"}, false, {}, false};
  WorkRecord file = record;
  clock.advance(std::chrono::seconds(30));
  clock.step_wall(std::chrono::hours(-24));  // a stepped wall clock makes no renewal an old one
  renew(file.claim->lease, clock.now());
  WorkRecord kept = record;
  keep_renewal(kept, file);
  EXPECT_EQ(kept.claim->lease.expires.since_boot, file.claim->lease.expires.since_boot);
  keep_renewal(kept, record);  // an older file
  EXPECT_EQ(kept.claim->lease.expires.since_boot, file.claim->lease.expires.since_boot);
  file.claim->lease.token = 8;
  kept = record;
  keep_renewal(kept, file);
  EXPECT_EQ(kept.claim->lease.expires.since_boot, record.claim->lease.expires.since_boot);
}

TEST(Fold, KnowsTheHighestBatchEverGiven) {
  ClaimsState state;
  for (const char* batch : {"009", "x", "1000", "002"}) {
    Event event = plain_event(1, 0);
    event.rows = {{"a.example", Status::kRegistered, Status::kBatched, batch, ""}};
    apply(state, event, Closing::kDone);
  }
  EXPECT_EQ(state.highest_batch, "1000");
}

}  // namespace
}  // namespace smbatcher::test
