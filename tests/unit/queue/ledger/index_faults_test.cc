#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "tests/support/faulty_file_ops.h"
#include "tests/unit/queue/records/index_facts.h"

namespace smbatcher::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Scenario {
  std::string name;
  Verb verb;
};

/// "a2" holds batch 002, "a3" batch 003, and 001 is ready.
std::vector<Scenario> scenarios() {
  return {
      {"claim", [](Draft& draft) { return claim(draft, Bench::request("a1")); }},
      {"heartbeat", [](Draft& draft) { return renew_claims(draft, {}, batch_target("002"), named("a2")); }},
      {"complete", [](Draft& draft) { return complete(draft, Phase::kImplement, batch_target("002"), named("a2")); }},
      {"release",
       [](Draft& draft) {
         return release(draft, {{}, batch_target("002"), seconds(0), true}, named("a2"));
       }},
  };
}

struct Scene : Bench {
  Scene() : Bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}, {"c.example", "003", 'O'}}) {
    for (const auto& [owner, batch] : {std::pair("a2", "002"), std::pair("a3", "003")}) {
      ClaimRequest request = Bench::request(owner);
      request.batch = batch;
      EXPECT_TRUE(claim(request));
    }
    clock.advance(minutes(1));
  }
};

/// Calls that move few bytes at once, so that a write is cut in its middle too.
struct SmallSteps : FaultyFileOps {
  SmallSteps() {
    pretend_sync();
    limit_io(100);
  }
};

/// What the next caller would find: one state, whichever of the files it believes.
void expect_one_state(Scene& bench, const std::string& context) {
  SCOPED_TRACE(context);
  EXPECT_EQ(difference_of_index(bench), "");
  EXPECT_EQ(text_of(bench.view().state, false), text_of(folded_state(bench), false));
  ASSERT_TRUE(bench.change([](Draft& /*draft*/) { return Result<Answer>(Answer{}); }));
  const auto cached = cached_state(bench);
  ASSERT_TRUE(cached) << "the index is not brought up to date";
  EXPECT_EQ(text_of(*cached, false), text_of(folded_state(bench), false));
  EXPECT_EQ(difference_of_index(bench), "");
}

/// Runs `verb` in a process that dies before its n-th call. True when it got that far.
bool dies_at(Scene& bench, const Verb& verb, int n) {
  const pid_t child = ::fork();
  if (child == 0) {
    SmallSteps ops;
    ops.exit_at(n);
    (void)change(bench.queue(ops), verb);
    ::_exit(0);
  }
  int raw = 0;
  EXPECT_EQ(::waitpid(child, &raw, 0), child);
  EXPECT_TRUE(WIFEXITED(raw));
  return WEXITSTATUS(raw) == 9;
}

TEST(ClaimIndexFaults, DyingAnywhereLeavesAnIndexThatIsRightOrNotBelieved) {
  for (const Scenario& scenario : scenarios()) {
    for (int n = 1;; ++n) {
      Scene bench;
      const bool died = dies_at(bench, scenario.verb, n);
      expect_one_state(bench, scenario.name + ", died at call " + std::to_string(n));
      if (!died) {
        break;
      }
    }
  }
}

TEST(ClaimIndexFaults, AFailedCallLeavesAnIndexThatIsRightOrNotBelieved) {
  for (const int error_number : {EIO, ENOSPC}) {
    for (const Scenario& scenario : scenarios()) {
      for (int n = 1;; ++n) {
        Scene bench;
        SmallSteps ops;
        ops.fail_at(n, error_number);
        (void)change(bench.queue(ops), scenario.verb);
        if (ops.count() < n) {
          break;
        }
        expect_one_state(bench, scenario.name + ", call " + std::to_string(n) + " (" +
                                    ops.calls()[static_cast<std::size_t>(n) - 1] + ") failed with " +
                                    std::to_string(error_number));
      }
    }
  }
}

TEST(ClaimIndexFaults, AReaderBetweenAnyTwoCallsOfAWriterSeesOneState) {
  for (const Scenario& scenario : scenarios()) {
    Scene bench;
    SmallSteps ops;
    int looks = 0;
    ops.before = [&](std::string_view call, int count) {
      SCOPED_TRACE(scenario.name + ", before " + std::string(call) + " " + std::to_string(count));
      if (!bench.dir.exists("REGISTRY.md")) {
        return;
      }
      EXPECT_EQ(text_of(bench.view().state, false), text_of(folded_state(bench), false));
      const auto held = bench.claim_of(Phase::kImplement, "003");
      EXPECT_TRUE(held && held->lease.owner == "a3");
      ++looks;
    };
    EXPECT_TRUE(change(bench.queue(ops), scenario.verb)) << scenario.name;
    EXPECT_GT(looks, 20) << scenario.name;
  }
}

// A kill between the claim file and its slot leaves a slot that ends earlier.
TEST(ClaimIndexFaults, ALeaseThatOnlyTheIndexShowsAsEndedIsNotTaken) {
  Scene bench;
  ASSERT_TRUE(bench.claim("a1"));
  const std::string stale = bench.dir.read(".smbatcher-state/claims/.state");
  bench.clock.advance(minutes(90));
  ASSERT_TRUE(bench.heartbeat({}, named("a2")));
  ASSERT_NE(bench.dir.read(".smbatcher-state/claims/.state"), stale);
  bench.dir.write(".smbatcher-state/claims/.state", stale);
  bench.clock.advance(minutes(60));
  const auto adopted = bench.claim("a4");
  ASSERT_TRUE(adopted && adopted->lease) << said(adopted);
  EXPECT_EQ(adopted->action, "adopt");
  EXPECT_EQ(adopted->batch, "001") << "002 was renewed";
  EXPECT_TRUE(bench.reap({})->batches == std::vector<std::string>{"003"});
  ClaimRequest request = Bench::request("a5");
  request.batch = "002";
  EXPECT_EQ(said(bench.claim(request)), "held:a2:3600");
  EXPECT_TRUE(bench.heartbeat({}, named("a2")));
}

TEST(ClaimIndexFaults, WhatOnlyTheIndexShowsIsLookedAtBeforeItIsActedOn) {
  for (const bool absent : {false, true}) {
    Scene bench;
    bench.clock.advance(hours(3));
    if (absent) {
      std::filesystem::remove(bench.dir.at(".smbatcher-state/claims/implement-002.json"));
    } else {
      bench.dir.write(".smbatcher-state/claims/implement-002.json",
                      bench.dir.read(".smbatcher-state/claims/implement-003.json"));
    }
    const auto adopted = bench.claim("a4");
    ASSERT_TRUE(adopted && adopted->lease) << said(adopted);
    EXPECT_EQ(adopted->batch, "003") << "the lease of 002, its renewals lost, runs its full length from now";
    EXPECT_EQ(said(bench.complete(batch_target("002"), named("a9"))), "held:a2:7200");
    ASSERT_TRUE(cached_state(bench));
    EXPECT_EQ(text_of(*cached_state(bench), false), text_of(folded_state(bench), false));
  }
}

TEST(ClaimIndexFaults, AClaimFileThatCannotBeReadNowIsAnErrorAndStaysWhereItIs) {
  for (const int error_number : {EMFILE, EIO, EACCES}) {
    Scene bench;
    const auto files = bench.dir.list(".smbatcher-state/claims");
    class NoClaimFile final : public FileOps {
     public:
      explicit NoClaimFile(int error) : error_(error) {}
      int open(const std::string& path, int flags, mode_t mode) override {
        if (path.ends_with("implement-002.json")) {
          errno = error_;
          return -1;
        }
        return FileOps::open(path, flags, mode);
      }
      int fsync(int /*fd*/) override { return 0; }

     private:
      int error_;
    } ops(error_number);
    const Verb complete_it = scenarios()[2].verb;
    const std::string before = bench.registry();
    const auto answer = change(bench.queue(ops), complete_it);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Errc::kIo) << said(answer);
    EXPECT_EQ(bench.registry(), before);
    EXPECT_FALSE(preview(bench.queue(ops), complete_it));
    EXPECT_TRUE(change(bench.queue(ops), scenarios()[0].verb)) << "other work is not concerned";
    std::vector<std::string> now = bench.dir.list(".smbatcher-state/claims");
    std::erase(now, "implement-001.json");
    EXPECT_EQ(now, files);
    EXPECT_TRUE(bench.change(complete_it));
  }
}

// The state file of an earlier version of this program, or of a later one.
TEST(ClaimIndexFaults, AnIndexOfAnotherFormatIsReplaced) {
  Scene bench;
  for (const std::string& text : {std::string("{\"format\":1,\"history_length\":0,\"records\":{}}"),
                                  std::string("SMBINDEX\x02\0\0\0", 12) + std::string(500, 'x')}) {
    bench.dir.write(".smbatcher-state/claims/.state", text);
    EXPECT_FALSE(cached_state(bench));
    EXPECT_EQ(bench.claim_of(Phase::kImplement, "003")->lease.owner, "a3");
    ASSERT_TRUE(bench.heartbeat({}, named("a2")));
    ASSERT_TRUE(cached_state(bench));
    EXPECT_EQ(difference_of_index(bench), "");
  }
}

TEST(ClaimIndexFaults, AnIndexThatMayOnlyBeReadIsReplacedWhole) {
  Scene bench;
  class NoWriting final : public FileOps {
   public:
    int open(const std::string& path, int flags, mode_t mode) override {
      if (path.ends_with("/.state") && (flags & O_ACCMODE) == O_RDWR) {
        errno = EACCES;
        return -1;
      }
      return FileOps::open(path, flags, mode);
    }
    int fsync(int /*fd*/) override { return 0; }
  } ops;
  for (const Scenario& scenario : scenarios()) {
    ASSERT_TRUE(change(bench.queue(ops), scenario.verb)) << scenario.name;
    const auto cached = cached_state(bench);
    ASSERT_TRUE(cached) << scenario.name;
    EXPECT_EQ(text_of(*cached, false), text_of(folded_state(bench), false));
    EXPECT_EQ(difference_of_index(bench), "");
    if (scenario.name == "complete") {
      break;
    }
  }
}

}  // namespace
}  // namespace smbatcher::test
