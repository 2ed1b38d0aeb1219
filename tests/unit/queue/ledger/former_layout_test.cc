#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "libregistry/queue/ledger/check_claims.h"
#include "libregistry/queue/ledger/history_query.h"
#include "libregistry/queue/ledger/lease_keeper.h"
#include "tests/support/faulty_file_ops.h"
#include "tests/unit/queue/records/fold.h"

// The state of a queue that a former version kept beside the registry, and a state that somebody deleted.

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kState = ".smbatcher-state";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// Two owners at work, the first of whom has renewed; a third batch ready.
struct FormerQueue : Bench {
  FormerQueue() : Bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}, {"c.example", "003", 'O'}}) {
    first = *claim("a1")->lease;
    second = *claim("a2")->lease;
    clock.advance(minutes(60));
    EXPECT_TRUE(heartbeat({}, with_token(first.token)));
    clock.advance(minutes(50));
  }

  /// History and claim files as format 1 had them, beside the registry.
  void make_former() const {
    fs::rename(dir.at(std::string(kState) + "/claims"), dir.at("claims"));
    fs::remove(dir.at("claims/.state"));
    for (const std::string& name : dir.list("claims")) {
      dir.write("claims/" + name, of_format_1(dir.read("claims/" + name)));
    }
    dir.write("history.jsonl", of_format_1(history()));
    fs::remove_all(dir.at(kState));
  }
  static std::string of_format_1(const std::string& text) {
    return replaced(replaced(text, "\"format\":2", "\"format\":1"), "\"opened\"", "\"begin\"");
  }

  /// What a reader makes of it: owners and ends of all leases.
  std::map<std::string, milliseconds> leases() {
    std::map<std::string, milliseconds> found;
    const View now = view();
    for (const auto& [key, record] : now.state.records) {
      if (record.claim) {
        found[key.batch + " " + record.claim->lease.owner + " " + std::to_string(record.claim->lease.token)] =
            record.claim->lease.expires.since_boot;
      }
    }
    return found;
  }
  void expect_nothing_lost() {
    const auto third = claim("a3");
    ASSERT_TRUE(third && third->lease) << said(third);
    EXPECT_EQ(third->batch, "003");
    EXPECT_GT(third->lease->token, second.token);
    EXPECT_EQ(said(claim("a4")), "no_work_found:all_held");
    EXPECT_EQ(said(complete({}, with_token(first.token))), "ok");
    EXPECT_EQ(said(complete({}, with_token(second.token))), "ok");
    EXPECT_EQ(statuses(), "IIi");
    EXPECT_EQ(dir.read("history.jsonl"), moved_line());
    EXPECT_FALSE(dir.exists("claims"));
    EXPECT_EQ(dir.read(std::string(kState) + "/.gitignore"), "*\n");
    EXPECT_TRUE(parse_history(history(), "h").warnings.empty()) << history();
  }

  Lease first;
  Lease second;
};

TEST(FormerLayout, IsReadAsItIsAndMovedByTheFirstLockedCall) {
  FormerQueue bench;
  const auto leases = bench.leases();
  bench.make_former();
  EXPECT_EQ(bench.leases(), leases) << "with the renewals of the claim files";
  EXPECT_TRUE(bench.dir.exists("claims")) << "a reader writes nothing";
  ASSERT_TRUE(bench.heartbeat({}, with_token(bench.second.token)));
  EXPECT_TRUE(bench.history().starts_with("{\"format\":1,"));
  bench.expect_nothing_lost();
}

TEST(FormerLayout, AnOpenIntentIsSettledAfterTheMove) {
  FormerQueue bench;
  bench.make_former();
  const std::string text = bench.dir.read("history.jsonl");
  bench.dir.write("history.jsonl", text.substr(0, text.rfind("{\"format\":1,\"closes\"")));
  bench.expect_nothing_lost();
}

TEST(FormerLayout, ATornLineIsIgnoredAfterTheMove) {
  FormerQueue bench;
  bench.make_former();
  bench.dir.write("history.jsonl", bench.dir.read("history.jsonl") + "{\"format\":1,\"event\":9,\"ve");
  bench.expect_nothing_lost();
}

TEST(FormerLayout, OfANewerVersionIsLeftAlone) {
  FormerQueue bench;
  bench.make_former();
  const std::string newer = bench.dir.read("history.jsonl") + "{\"format\":3,\"event\":9}\n";
  bench.dir.write("history.jsonl", newer);
  EXPECT_EQ(said(bench.claim("a3")), "newer_format");
  EXPECT_EQ(bench.dir.read("history.jsonl"), newer);
  EXPECT_TRUE(bench.dir.exists("claims"));
}

TEST(FormerLayout, ClaimFilesWithoutAHistoryAreMovedToo) {
  FormerQueue bench;
  bench.make_former();
  fs::remove(bench.dir.at("history.jsonl"));
  const auto third = bench.claim("a3");
  ASSERT_TRUE(third && third->lease) << said(third);
  EXPECT_EQ(third->batch, "003");
  EXPECT_EQ(said(bench.complete({}, with_token(bench.first.token))), "ok");
}

TEST(FormerLayout, AKillAtAnyCallOfTheMoveLosesNothing) {
  for (int n = 1;; ++n) {
    SCOPED_TRACE("killed at call " + std::to_string(n));
    FormerQueue bench;
    const auto leases = bench.leases();
    bench.make_former();
    const pid_t child = ::fork();
    if (child == 0) {
      FaultyFileOps ops;
      ops.pretend_sync();
      ops.exit_at(n);
      const auto renewed = change(bench.queue(ops), [](Draft& draft) {
        return renew_claims(draft, std::nullopt, batch_target("002"), named("nobody"));
      });
      ::_exit(renewed ? 1 : 0);  // it is refused, after the move
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(bench.leases(), leases);
    bench.expect_nothing_lost();
    if (WEXITSTATUS(status) == 0 || HasFatalFailure()) {
      EXPECT_GT(n, 20);
      break;
    }
  }
}

TEST(FormerLayout, AFailedCallOfTheMoveIsAnErrorOrNothing) {
  for (int n = 1;; ++n) {
    SCOPED_TRACE("failed at call " + std::to_string(n));
    FormerQueue bench;
    bench.make_former();
    FaultyFileOps ops;
    ops.pretend_sync();
    ops.fail_at(n, EIO);
    const auto renewed = change(bench.queue(ops), [&](Draft& draft) {
      return renew_claims(draft, std::nullopt, batch_target("002"), with_token(bench.second.token));
    });
    EXPECT_TRUE(renewed || renewed.error().code == Errc::kIo) << said(renewed);
    bench.expect_nothing_lost();
    if (ops.count() < n || HasFailure()) {
      break;
    }
  }
}

TEST(FormerLayout, AnOldHistoryThatComesBackIsIgnoredAndTold) {
  FormerQueue bench;
  bench.make_former();
  const std::string old = bench.dir.read("history.jsonl");
  const auto third = bench.claim("a3");
  ASSERT_TRUE(third && third->lease) << said(third);
  bench.dir.write("history.jsonl", old);
  EXPECT_EQ(bench.claim_of(Phase::kImplement, "003")->lease.owner, "a3");
  const auto none = bench.claim("a4");
  EXPECT_EQ(said(none), "no_work_found:all_held");
  ASSERT_FALSE(none->warnings.empty());
  EXPECT_EQ(none->warnings[0].code, "old_history_ignored");
  EXPECT_EQ(bench.dir.read("history.jsonl"), old);
}

TEST(FormerLayout, WhatWasMovedIsNotTakenForTheStateAgain) {
  FormerQueue bench;
  bench.make_former();
  ASSERT_TRUE(bench.complete({}, with_token(bench.first.token)));
  fs::remove_all(bench.dir.at(kState));
  bench.clock.advance(seconds(1));
  const auto third = bench.claim("a3");
  EXPECT_EQ(third->batch, "003");
  EXPECT_GT(third->lease->token, bench.second.token + 1000);
  EXPECT_EQ(bench.claim_of(Phase::kImplement, "002")->lease.owner, kUnknownOwner);
}

bool says_lost(const Result<Answer>& answer) {
  return answer && std::any_of(answer->warnings.begin(), answer->warnings.end(),
                               [](const Warning& warning) { return warning.code == "state_lost"; });
}

TEST(LostState, IsSaidUntilANewHistoryBegins) {
  FormerQueue bench;
  fs::remove_all(bench.dir.at(kState));
  EXPECT_TRUE(bench.view().state.warnings.empty()) << "a reader begins no history";
  EXPECT_TRUE(says_lost(bench.claim("a3")));
  EXPECT_FALSE(says_lost(bench.claim("a4")));
  EXPECT_TRUE(bench.view().state.warnings.empty());
}

TEST(LostState, IsNotSaidOfAFirstLife) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'I'}});
  EXPECT_FALSE(says_lost(bench.claim("a1")));
}

TEST(LostState, ItsHolderTakesTheWorkAgainAndNobodyElse) {
  for (const bool other_first : {false, true}) {
    FormerQueue bench;
    fs::remove_all(bench.dir.at(kState));
    if (other_first) {
      ASSERT_EQ(bench.claim("a3")->batch, "003");
    }
    const auto refused = bench.heartbeat(batch_target("001"), with_token(bench.first.token));
    EXPECT_EQ(said(refused), other_first ? "stale_claim:unknown" : "not_claimed:001");
    EXPECT_THAT(refused.error().message,
                ::testing::HasSubstr("find-next --phase implement --claim --batch 001 --token " +
                                     std::to_string(bench.first.token)));
    ClaimRequest request = Bench::request("a1");
    request.batch = "001";
    request.token = bench.first.token;
    const auto again = bench.claim(request);
    ASSERT_TRUE(again && again->lease) << said(again);
    EXPECT_EQ(again->sites, (std::vector<std::string>{"a.example"}));
    EXPECT_GT(again->lease->token, bench.second.token);
    const auto repeated = bench.claim(request);
    ASSERT_TRUE(repeated && repeated->lease) << said(repeated);
    EXPECT_EQ(repeated->lease->token, again->lease->token);
    request.owner = "a9";
    request.token = bench.second.token;
    EXPECT_EQ(said(bench.claim(request)), "stale_claim:a1");
    EXPECT_EQ(said(bench.complete({}, with_token(bench.first.token))), "ok") << "its child knows the old token only";
  }
}

/// Rows that a person sets while a history goes on are of no earlier claim: a made-up token opens nothing.
TEST(LostState, NoTokenTakesWorkThatBeganUnderThisHistory) {
  Bench bench({{"a.example", "001", 'O'}, {"b.example", "002", 'O'}});
  ClaimRequest other = Bench::request("anna");
  other.batch = "002";
  const Token given = bench.claim(other)->lease->token;
  bench.dir.write("REGISTRY.md", registry_text({{"a.example", "001", 'i'}, {"b.example", "002", 'i'}}));
  for (const bool is_leased : {false, true}) {
    for (const Token token : {Token(5), given - 1}) {
      ClaimRequest request = Bench::request("ben");
      request.batch = "001";
      request.token = token;
      const auto refused = bench.claim(request);
      EXPECT_EQ(said(refused), is_leased || token != 5 ? "stale_claim:unknown" : "not_claimed:001");
      EXPECT_THAT(refused.error().message, ::testing::Not(::testing::HasSubstr("went with the state")));
      EXPECT_THAT(bench.heartbeat({}, with_token(token)).error().message,
                  ::testing::Not(::testing::HasSubstr("went with the state")));
    }
  }
  EXPECT_EQ(bench.claim_of(Phase::kImplement, "001")->lease.owner, kUnknownOwner);
}

TEST(LostState, AHolderWhoseWorkWentToSomebodyElseIsToldToStop) {
  FormerQueue bench;
  fs::remove_all(bench.dir.at(kState));
  ASSERT_EQ(bench.claim("a3")->batch, "003");
  ASSERT_TRUE(bench.reap({std::nullopt, "001", true}, {std::nullopt, "ben", true, {}}));
  ASSERT_EQ(bench.claim("ben")->batch, "001");
  const auto refused = bench.complete(batch_target("001"), with_token(bench.first.token));
  EXPECT_EQ(said(refused), "stale_claim:ben");
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("stop this work"));
}

TEST(LostState, IsToldByTheCheckOfTheRegistryUntilSomebodyGoesOn) {
  FormerQueue bench;
  fs::remove_all(bench.dir.at(kState));
  ASSERT_EQ(bench.claim("a3")->batch, "003");
  const auto told = [&bench] {
    const auto warnings = check_claims(bench.queue()).value();
    return std::count_if(warnings.begin(), warnings.end(),
                         [](const Warning& warning) { return warning.code == "state_lost"; });
  };
  EXPECT_EQ(told(), 2) << "001 and 002";
  ClaimRequest request = Bench::request("a1");
  request.batch = "001";
  request.token = bench.first.token;
  ASSERT_TRUE(bench.claim(request));
  EXPECT_EQ(told(), 1);
}

TEST(LostState, AKeeperTakesItsClaimAgainByItself) {
  FormerQueue bench;
  LeaseKeeper first(bench.queue(), {Phase::kImplement, "001"}, bench.first);
  LeaseKeeper second(bench.queue(), {Phase::kImplement, "002"}, bench.second);
  fs::remove_all(bench.dir.at(kState));
  EXPECT_EQ(first.look(), LeaseKeeper::State::kHeld);
  EXPECT_GT(first.lease().token, bench.second.token);
  EXPECT_EQ(bench.claim_of(Phase::kImplement, "001")->lease.token, first.lease().token);
  ASSERT_TRUE(bench.reap({std::nullopt, std::nullopt, true}, named("ben")));
  ASSERT_TRUE(bench.claim("ben"));
  EXPECT_EQ(second.renew(), LeaseKeeper::State::kLost) << "somebody else has the work";
}

}  // namespace
}  // namespace smbatcher::test
