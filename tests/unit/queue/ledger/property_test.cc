#include <random>

#include "libregistry/queue/verbs/upkeep.h"
#include "tests/unit/queue/records/index_facts.h"

namespace smbatcher::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Random verbs by a few owners on a small registry, from a fixed seed, each checked against the promises.
class RandomWork {
 public:
  explicit RandomWork(unsigned seed) : random_(seed), bench_(first_rows()) {
    bench_.config.max_attempts = 3;
    EXPECT_TRUE(bench_.claim("a0"));  // begins the history
    bench_.before_change = [this](const Verb& verb) { check_one_plan(verb); };
  }

  void step() {
    const View before = bench_.view();
    const Registry registry_before = bench_.parsed();
    const std::string text_before = bench_.registry();
    pass_time();
    const Instant now = bench_.clock.now();
    const auto answer = one_verb();
    SCOPED_TRACE(log_ + " -> " + said(answer));
    check_one_state();
    check_tokens(before);
    check_transitions(registry_before);
    check_leases(now);
    check_expiry(answer);
    if (answer && answer->lease && !answer->action.empty()) {
      check_given(before, registry_before, *answer, now);
      ++given_;
    }
    if (!answer) {
      EXPECT_EQ(bench_.registry(), text_before);
    }
    accepted_ += answer ? 1 : 0;
  }

  void check_replay() {
    std::map<std::string, std::pair<char, std::string>> rows;
    for (const Row& row : first_rows()) {
      rows[row.domain] = {row.status, row.batch};
    }
    const auto history = HistoryFile::open(bench_.ops, bench_.queue().paths, FileAccess::kRead)->read().value();
    EXPECT_TRUE(history.warnings.empty());
    for (const HistoryEntry& entry : history.entries) {
      ASSERT_FALSE(entry.is_open());
      for (const RowChange& row : entry.event.rows) {
        if (row.from) {
          ASSERT_EQ(rows[row.domain].first, letter(*row.from)) << row.domain << " in event " << entry.event.number;
        }
        rows[row.domain] = {letter(row.to), row.batch};
      }
    }
    const Registry now = bench_.parsed();
    for (const Site& site : now.sites()) {
      EXPECT_EQ(rows[site.domain], std::pair(letter(site.status), std::string(site.batch))) << site.domain;
    }
  }

  int accepted() const { return accepted_; }
  int given() const { return given_; }

 private:
  static std::vector<Row> first_rows() {
    const std::string letters = "-BBDDOOOIi";
    std::vector<Row> rows;
    for (int i = 0; i < 14; ++i) {
      const char status = letters[static_cast<std::size_t>(i) % letters.size()];
      std::string batch = "00";
      batch += static_cast<char>('1' + i / 4);
      rows.push_back({"s" + std::to_string(i) + ".example", status == '-' ? "" : batch, status});
    }
    return rows;
  }

  std::size_t below(std::size_t count) { return random_() % count; }
  std::string owner() { return "a" + std::to_string(below(4)); }
  Phase phase() { return below(2) == 0 ? Phase::kDesign : Phase::kImplement; }
  std::string batch() { return "00" + std::to_string(1 + below(5)); }
  std::string domain() { return "s" + std::to_string(below(14)) + ".example"; }

  Caller caller() {
    Caller caller;
    if (below(3) == 0) {
      const auto& records = bench_.view().state.records;
      caller.token = bench_.view().state.next_token - 1 - std::min<Token>(below(6), bench_.view().state.next_token - 1);
      if (!records.empty() && below(2) == 0) {
        auto at = records.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(below(records.size())));
        caller.token = at->second.claim ? at->second.claim->lease.token : at->second.last_token;
      }
    } else if (below(4) != 0) {
      caller.owner = owner();
    }
    caller.force = below(25) == 0;
    caller.why = "why " + std::to_string(below(3));
    return caller;
  }

  Target target() {
    Target target;
    if (below(2) == 0) {
      target.batch = batch();
    }
    for (std::size_t count = below(3); count > 0; --count) {
      target.domains.push_back(domain());
    }
    return target;
  }

  void pass_time() {
    bench_.clock.advance(seconds(below(10) == 0 ? 7200 : below(900)));
    if (below(20) == 0) {
      bench_.clock.step_wall(milliseconds(below(2) == 0 ? 86'400'000 : -86'400'000));
    }
  }

  Result<Answer> one_verb() {
    switch (const auto verb = below(13)) {
      case 0:
      case 1:
      case 2: {
        ClaimRequest request = Bench::request(owner(), phase());
        request.named_owner = below(5) != 0;
        request.owner = request.named_owner ? request.owner : "anon-" + std::to_string(random_());
        request.through_lock = below(4) == 0;
        if (below(3) == 0) {
          request.batch = batch();
        }
        if (below(4) == 0) {
          request.lease = seconds(60 + below(4000));
        }
        log_ = "claim by " + request.owner;
        return bench_.claim(request);
      }
      case 3: {
        const ClaimRequest request = Bench::request(owner(), phase());
        const Target what = target();
        log_ = "start by " + request.owner;
        return bench_.change([&](Draft& draft) { return start(draft, request, what, named(request.owner)); });
      }
      case 4:
      case 5: {
        const Phase in = phase();
        const Target what = target();
        const Caller who = caller();
        log_ = "complete";
        return bench_.complete(what, who, in);
      }
      case 6: {
        log_ = "release";
        ReleaseRequest request{below(2) == 0 ? std::optional(phase()) : std::nullopt, target(),
                               seconds(below(3) == 0 ? 600 : 0), below(4) != 0};
        return bench_.release(request, caller());
      }
      case 7: {
        log_ = "reap";
        ReapRequest request{std::nullopt, below(2) == 0 ? std::optional(batch()) : std::nullopt, below(3) == 0};
        return bench_.reap(request, caller());
      }
      case 8:
        log_ = "heartbeat";
        return bench_.heartbeat(below(2) == 0 ? Target{} : batch_target(batch()), caller());
      default:
        return other_verb(verb);
    }
  }

  Result<Answer> other_verb(std::size_t verb) {
    const Target what = target();
    const Caller who = caller();
    const bool kicks = below(2) == 0;
    const bool whole = below(2) == 0;
    log_ = "verb " + std::to_string(verb);
    return bench_.change([&](Draft& draft) {
      switch (verb) {
        case 9:
          return kicks ? kick(draft, what, who) : bury(draft, what, who);
        case 10:
          return reopen(draft, what, who);
        case 11:
          return whole ? lock_batch(draft, what.batch, who) : finish(draft, what, who);
        default:
          return make_batches(draft, BatchRequest{2, whole ? std::vector<std::string>{} : what.domains}, who);
      }
    });
  }

  // Claim files, history and the reader's view tell the same.
  void check_one_state() {
    const auto cached = cached_state(bench_);
    if (!cached) {
      EXPECT_FALSE(bench_.dir.exists(".smbatcher-state/history.jsonl")) << "the claim files do not fit the history";
      return;
    }
    ASSERT_EQ(text_of(*cached, false), text_of(folded_state(bench_), false));
    ASSERT_EQ(text_of(*cached, true), text_of(bench_.view().state, true));
    ASSERT_EQ(difference_of_index(bench_), "");
  }

  // What is planned on the index, most claim files unread, is what is planned on everything that is known.
  void check_one_plan(const Verb& verb) {
    const View indexed = read_view(bench_.queue(), Reading::kAsNeeded).value();
    const View derived = read_view(bench_.queue(), Reading::kHistory).value();
    EXPECT_EQ(plan_on(indexed, verb), plan_on(derived, verb));
    EXPECT_TRUE(indexed.state.records.fits());
  }
  std::string plan_on(const View& view, const Verb& verb) {
    Draft draft(view.loaded.registry, view.state, bench_.queue().policy(), view.now, bench_.processes);
    const auto answer = verb(draft);
    lease_unclaimed_work(draft);
    return said(answer) + (answer ? " batch " + answer->batch : answer.error().message) + "\n" + to_line(draft.event());
  }

  // A lease ends when the last answer about it said.
  void check_expiry(const Result<Answer>& answer) {
    if (answer && answer->lease) {
      told_[answer->lease->token] = answer->lease->expires.since_boot;
    }
    const View view = bench_.view();
    for (const auto& [key, record] : view.state.records) {
      const auto told = record.claim ? told_.find(record.claim->lease.token) : told_.end();
      EXPECT_TRUE(told == told_.end() || record.claim->lease.expires.since_boot >= told->second) << key.name();
    }
  }

  void check_tokens(const View& before) {
    const View now = bench_.view();
    EXPECT_GE(now.state.next_token, before.state.next_token);
    for (const auto& [key, record] : now.state.records) {
      const WorkRecord* old = before.state.find(key);
      if (record.claim && (old == nullptr || !old->claim || old->claim->lease.token != record.claim->lease.token)) {
        EXPECT_GE(record.claim->lease.token, before.state.next_token) << key.name();
        EXPECT_LT(record.claim->lease.token, now.state.next_token) << key.name();
      }
    }
  }

  void check_transitions(const Registry& before) {
    const Registry now = bench_.parsed();
    EXPECT_TRUE(now.damages().empty());
    for (std::size_t i = 0; i < now.sites().size(); ++i) {
      const Status from = before.sites()[i].status;
      const Status to = now.sites()[i].status;
      // One event may take several forward steps: an owner completes from an earlier letter of the phase, or locks and
      // starts at once. Backward goes one step.
      const bool within_phase = std::any_of(kPhases.begin(), kPhases.end(), [&](const PhaseRule& rule) {
        return from >= rule.entry && to > from && to <= rule.done;
      });
      const bool step = std::any_of(kTransitions.begin(), kTransitions.end(),
                                    [&](const Transition& rule) { return rule.from == from && rule.to == to; });
      EXPECT_TRUE(from == to || step || within_phase) << letter(from) << " -> " << letter(to);
    }
  }

  void check_leases(const Instant& now) {
    std::map<std::pair<Phase, std::string>, int> holders;
    const View view = bench_.view();
    for (const auto& [key, record] : view.state.records) {
      if (record.claim && is_live(record.claim->lease, now, seconds(60), bench_.processes)) {
        for (const std::string& domain : record.claim->domains) {
          EXPECT_EQ(++holders[std::pair(key.phase, domain)], 1) << domain << " is leased twice";
        }
      }
    }
    const Registry registry = bench_.parsed();
    for (const Site& site : registry.sites()) {
      for (const PhaseRule& rule : kPhases) {
        const WorkRecord* record = view.state.find({rule.phase, site.batch});
        if (site.status == rule.in_progress) {
          EXPECT_TRUE(record != nullptr && record->claim) << site.domain << " is in progress without a lease";
        }
      }
    }
  }

  // Nothing is given out that somebody else holds, or that is buried or delayed.
  void check_given(const View& before, const Registry& registry, const Answer& answer, const Instant& now) {
    for (const std::string& domain : answer.sites) {
      for (const auto& [key, record] : before.state.records) {
        if (key.phase != *answer.phase || registry.find(domain)->batch != key.batch) {
          continue;
        }
        const auto attempts = record.sites.find(domain);
        if (attempts != record.sites.end() && answer.action != "continue" && answer.action != "adopt") {
          EXPECT_FALSE(attempts->second.buried) << domain;
          EXPECT_FALSE(attempts->second.delayed(now, seconds(60)) &&
                       registry.find(domain)->status != rule_of(key.phase).in_progress)
              << domain;
        }
        const bool held = record.claim && is_live(record.claim->lease, now, seconds(60), bench_.processes) &&
                          std::find(record.claim->domains.begin(), record.claim->domains.end(), domain) !=
                              record.claim->domains.end();
        EXPECT_TRUE(!held || record.claim->lease.token == answer.lease->token) << domain << " was held";
      }
    }
  }

  std::mt19937 random_;
  Bench bench_;
  std::string log_;
  std::map<Token, milliseconds> told_;  // until when, by the answers
  int accepted_ = 0;
  int given_ = 0;
};

TEST(ClaimsProperty, RandomVerbsKeepEveryPromise) {
  int accepted = 0;
  int given = 0;
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomWork work(seed);
    for (int i = 0; i < 150 && !::testing::Test::HasFailure(); ++i) {
      SCOPED_TRACE("step " + std::to_string(i));
      work.step();
    }
    work.check_replay();
    accepted += work.accepted();
    given += work.given();
    ASSERT_FALSE(::testing::Test::HasFailure());
  }
  EXPECT_GT(accepted, 400);
  EXPECT_GT(given, 100);
}

}  // namespace
}  // namespace smbatcher::test
