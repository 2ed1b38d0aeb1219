#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "tests/support/faulty_file_ops.h"
#include "tests/unit/queue/records/fold.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;

/// One call on a queue in which "a2" holds batch 002.
struct Scenario {
  std::string name;
  Verb verb;
};

std::vector<Scenario> scenarios() {
  return {
      {"claim", [](Draft& draft) { return claim(draft, Bench::request("a1")); }},
      {"complete", [](Draft& draft) { return complete(draft, Phase::kImplement, batch_target("002"), named("a2")); }},
      {"release",
       [](Draft& draft) {
         return release(draft, {{}, batch_target("002"), seconds(0), true}, named("a2"));
       }},
      {"heartbeat", [](Draft& draft) { return renew_claims(draft, {}, batch_target("002"), named("a2")); }},
      {"register",
       [](Draft& draft) {
         return register_sites(draft, {{"new.example", "N", "", ""}}, named("a1"));
       }},
      {"bury", [](Draft& draft) { return bury(draft, domains_target({"c.example"}), named("a1")); }},
  };
}

struct Prepared : Bench {
  Prepared() : Bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}, {"c.example", "003", 'O'}}) {
    ClaimRequest request = Bench::request("a2");
    request.batch = "002";
    EXPECT_TRUE(claim(request));
    clock.advance(seconds(10));
    old = registry();
  }
  std::string old;
};

std::string text_after(const Scenario& scenario) {
  Prepared bench;
  EXPECT_TRUE(bench.change(scenario.verb)) << scenario.name;
  return bench.registry();
}

Token highest_token(const Bench& bench) {
  Token highest = 0;
  const History history = parse_history(bench.history(), "history.jsonl");
  for (const HistoryEntry& entry : history.entries) {
    highest = std::max(highest, entry.event.tokens_used_up_to());
  }
  return highest;
}

std::map<std::string, std::string> live_owners(Bench& bench) {
  std::map<std::string, std::string> owners;
  const View view = bench.view();
  for (const auto& [key, record] : view.state.records) {
    if (record.claim && is_live(record.claim->lease, bench.clock.now(), seconds(60), bench.processes)) {
      for (const std::string& domain : record.claim->domains) {
        EXPECT_TRUE(owners.emplace(domain, record.claim->lease.owner).second) << domain << " is leased twice";
      }
    }
  }
  return owners;
}

// Whatever was left, the next calls work and see one state.
void expect_recovered(Prepared& bench, const Scenario& scenario, const std::string& context) {
  SCOPED_TRACE(context);
  if (scenario.name == "register") {
    // Nothing is held in a registration: it is known as a repeat until somebody else changes something.
    const auto again = bench.change(scenario.verb);
    EXPECT_TRUE(again) << said(again);
  }
  const Token highest = highest_token(bench);
  const auto owners = live_owners(bench);
  const auto next = bench.claim("z1");
  ASSERT_TRUE(next) << said(next);
  ASSERT_TRUE(next->lease) << said(next);
  EXPECT_GT(next->lease->token, highest);
  for (const std::string& domain : next->sites) {
    EXPECT_EQ(owners.count(domain), 0U) << domain << " was held by " << owners.at(domain);
  }
  EXPECT_FALSE(bench.dir.exists(".REGISTRY.md.part"));
  EXPECT_FALSE(bench.dir.exists(".REGISTRY.md.next"));
  for (const std::string& name : bench.dir.list()) {
    EXPECT_EQ(name.find("conflict"), std::string::npos) << name;
  }
  const History history = parse_history(bench.history(), "history.jsonl");
  EXPECT_TRUE(history.warnings.empty()) << bench.history();
  for (const HistoryEntry& entry : history.entries) {
    EXPECT_FALSE(entry.is_open()) << to_line(entry.event);
  }
  const auto cached = cached_state(bench);
  ASSERT_TRUE(cached);
  EXPECT_EQ(text_of(*cached, false), text_of(folded_state(bench), false));
  if (scenario.name != "register") {
    // The caller who did not see the answer asks again.
    const auto again = bench.change(scenario.verb);
    const bool retaken = scenario.name == "bury" && !again && again.error().reason.text() == "held";  // z1 has it now
    EXPECT_TRUE(again || retaken) << said(again);
    live_owners(bench);
  }
}

/// How many calls it makes when none fails.
int calls_of(const Scenario& scenario) {
  Prepared bench;
  FaultyFileOps ops;
  ops.pretend_sync();
  EXPECT_TRUE(change(bench.queue(ops), scenario.verb));
  return ops.count();
}

TEST(ChangeFaults, OneFailedCallLeavesOldOrNewAndTheAnswerAgrees) {
  const std::vector<int> errors{EIO, ENOSPC, EINTR};
  std::size_t turn = 0;
  for (const Scenario& scenario : scenarios()) {
    const std::string fresh = text_after(scenario);
    int swept = 0;
    for (int n = 1;; ++n) {
      Prepared bench;
      FaultyFileOps ops;
      ops.pretend_sync();
      const int error_number = errors[turn++ % errors.size()];
      ops.fail_at(n, error_number);
      const auto answer = change(bench.queue(ops), scenario.verb);
      if (ops.count() < n) {
        break;
      }
      const std::string context = scenario.name + ", call " + std::to_string(n) + " (" +
                                  ops.calls()[static_cast<std::size_t>(n) - 1] + ") errno " +
                                  std::to_string(error_number) + " -> " + said(answer);
      ASSERT_THAT(bench.registry(), ::testing::AnyOf(bench.old, fresh)) << context;
      EXPECT_EQ(bench.registry(), answer ? fresh : bench.old) << context;
      expect_recovered(bench, scenario, context);
      ++swept;
    }
    EXPECT_GE(swept, calls_of(scenario)) << scenario.name;
  }
}

/// Runs `verb` in a process that dies before its n-th call. True when it got that far.
bool dies_at(Bench& bench, const Verb& verb, int n) {
  const pid_t child = ::fork();
  if (child == 0) {
    FaultyFileOps ops;
    ops.pretend_sync();
    ops.exit_at(n);
    ::_exit(change(bench.queue(ops), verb) ? 0 : 1);
  }
  int raw = 0;
  EXPECT_EQ(::waitpid(child, &raw, 0), child);
  EXPECT_TRUE(WIFEXITED(raw));
  EXPECT_NE(WEXITSTATUS(raw), 1);
  return WEXITSTATUS(raw) == 9;
}

TEST(ChangeFaults, DyingAtAnyCallLeavesOldOrNewAndTheNextCallRepairs) {
  for (const Scenario& scenario : scenarios()) {
    const std::string fresh = text_after(scenario);
    for (int n = 1;; ++n) {
      Prepared bench;
      const bool died = dies_at(bench, scenario.verb, n);
      const std::string context = scenario.name + ", died at call " + std::to_string(n);
      ASSERT_THAT(bench.registry(), ::testing::AnyOf(bench.old, fresh)) << context;
      if (!died) {
        EXPECT_EQ(bench.registry(), fresh);
        break;
      }
      expect_recovered(bench, scenario, context);
    }
  }
}

/// Where a change may have died with an intent left open.
std::vector<int> interesting_deaths(const Scenario& scenario) {
  Prepared bench;
  FaultyFileOps ops;
  ops.pretend_sync();
  EXPECT_TRUE(change(bench.queue(ops), scenario.verb));
  std::vector<int> deaths;
  for (int n = 0; n < ops.count(); ++n) {
    const std::string& call = ops.calls()[static_cast<std::size_t>(n)];
    if (call == "rename_with") {  // 1: the new text is ready; 2: it is in place
      deaths.push_back(n + 1);
      deaths.push_back(n + 2);
    }
  }
  return deaths;
}

TEST(ChangeFaults, SettlingCanBeKilledAtEveryCallAndIsRepeated) {
  const Verb settle_only = [](Draft& /*draft*/) { return Result<Answer>(Answer{}); };
  for (const Scenario& scenario : {scenarios()[0], scenarios()[1]}) {
    const std::string fresh = text_after(scenario);
    for (const int death : interesting_deaths(scenario)) {
      std::optional<std::string> settled;  // every schedule comes to the same state
      for (int n = 1;; ++n) {
        Prepared bench;
        dies_at(bench, scenario.verb, death);
        const std::string found = bench.registry();
        const bool died = dies_at(bench, settle_only, n);
        EXPECT_EQ(bench.registry(), found);
        const std::string context =
            scenario.name + ", died at " + std::to_string(death) + ", settling died at " + std::to_string(n);
        ASSERT_TRUE(bench.change(settle_only)) << context;
        const auto cached = cached_state(bench);
        ASSERT_TRUE(cached) << context;
        settled = settled ? settled : text_of(*cached, true);
        EXPECT_EQ(text_of(*cached, true), *settled) << context;
        if (!died) {
          expect_recovered(bench, scenario, context);
          break;
        }
      }
    }
  }
}

// An editor who saves between two calls, on top of what is there or over it with what was loaded before.
enum class Save { kRenameOnTop, kTruncateOnTop, kRenameOver, kTruncateOver };

void save(const Prepared& bench, Save way, const std::string& line) {
  const bool on_top = way == Save::kRenameOnTop || way == Save::kTruncateOnTop;
  const std::string text = (on_top ? bench.registry() : bench.old) + line;
  if (way == Save::kTruncateOnTop || way == Save::kTruncateOver) {
    bench.dir.write("REGISTRY.md", text);
  } else {
    bench.dir.write("editor.tmp", text);
    ASSERT_EQ(::rename(bench.dir.at("editor.tmp").c_str(), bench.dir.at("REGISTRY.md").c_str()), 0);
  }
}

TEST(ChangeFaults, SaveBetweenAnyTwoCallsIsInTheFileOrInAConflictCopy) {
  const std::string line = "\nA person's line.\n";
  for (const Scenario& scenario : {scenarios()[0], scenarios()[4]}) {
    for (const Save way : {Save::kRenameOnTop, Save::kTruncateOnTop, Save::kRenameOver, Save::kTruncateOver}) {
      for (int n = 1;; ++n) {
        Prepared bench;
        FaultyFileOps ops;
        ops.pretend_sync();
        bool saved = false;
        ops.before = [&](std::string_view /*call*/, int /*count*/) {
          if (ops.count() == n) {
            save(bench, way, line);
            saved = true;
          }
        };
        const auto answer = change(bench.queue(ops), scenario.verb);
        if (!saved) {
          break;
        }
        const std::string context = scenario.name + ", save at call " + std::to_string(n) + " (" +
                                    ops.calls()[static_cast<std::size_t>(n) - 1] + ") way " +
                                    std::to_string(static_cast<int>(way));
        ASSERT_TRUE(answer) << context << said(answer);
        ASSERT_TRUE(bench.claim("z1")) << context;
        bool found = bench.registry().find(line) != std::string::npos;
        for (const std::string& name : bench.dir.list()) {
          found = found || (name.find(".conflict-") != std::string::npos &&
                            bench.dir.read(name).find(line) != std::string::npos);
        }
        EXPECT_TRUE(found) << context;
        EXPECT_FALSE(bench.dir.exists(".REGISTRY.md.next")) << context;
        live_owners(bench);
      }
    }
  }
}

TEST(ChangeFaults, SaveOnEveryPublicationEndsInAConflictAtTheDeadline) {
  Prepared bench;
  FaultyFileOps ops;
  ops.pretend_sync();
  int saves = 0;
  ops.before = [&](std::string_view call, int /*count*/) {
    if (call == "rename_with") {
      save(bench, Save::kRenameOnTop, "\nline " + std::to_string(++saves) + "\n");
    }
  };
  QueueContext queue = bench.queue(ops);
  queue.lock_timeout = std::chrono::milliseconds(0);
  const auto answer = change(queue, scenarios()[0].verb);
  EXPECT_EQ(said(answer), "conflict:" + queue.paths.registry);
  EXPECT_EQ(bench.statuses(), "OiO");
  EXPECT_FALSE(bench.claim_of(Phase::kImplement, "001"));
  for (int i = 1; i <= saves; ++i) {
    EXPECT_NE(bench.registry().find("line " + std::to_string(i) + "\n"), std::string::npos) << i;
  }
}

}  // namespace
}  // namespace smbatcher::test
