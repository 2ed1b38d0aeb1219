#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <latch>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/chaos/callers.h"
#include "tests/chaos/history_checker.h"
#include "tests/chaos/small_disk.h"
#include "tests/process/queue_facts.h"

namespace smbatcher::test {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

bool is_soak() {
  const char* const text = std::getenv("SMB_SOAK");  // NOLINT(concurrency-mt-unsafe): nothing sets it
  return text != nullptr && std::string(text) == "1";
}

/// Workers who leave a barrier together and claim until `claims` are made or nothing is left, each claim by an owner of
/// its own. How many each of them got.
std::vector<int> drain(Callers& callers, int workers, int claims) {
  std::vector<int> got(static_cast<std::size_t>(workers));
  std::latch barrier(workers);
  {
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < workers; ++worker) {
      threads.emplace_back([&callers, &barrier, claims, worker, &mine = got[static_cast<std::size_t>(worker)]] {
        barrier.arrive_and_wait();
        for (int i = 0; i < claims; ++i) {
          const std::string owner = "a" + std::to_string(worker) + "-" + std::to_string(i);
          if (callers.call(owner, {"find-next", "--claim"}).status == 1) {
            return;
          }
          ++mine;
        }
      });
    }
  }
  return got;
}

/// 64 processes at a time, each of which claims several times; there are as many batches.
std::vector<std::string> drain_violations(const std::string& variant, int claims) {
  constexpr int kWorkers = 64;
  const Sandbox sandbox;
  const SmallDisk in_memory(sandbox.dir().path());
  sandbox.write_registry(Sandbox::registry_text(fleet(kWorkers * claims, 1, "O")));
  Evidence evidence;
  evidence.begin = sandbox.registry();
  Callers callers(sandbox, variant);
  drain(callers, kWorkers, claims);
  evidence.registry = sandbox.registry();
  evidence.history = sandbox.dir().read(".smbatcher/state/history.jsonl");
  evidence.calls = callers.log();

  std::vector<std::string> found = violations(evidence);
  const std::vector<std::string> faults = callers.faults();
  found.insert(found.end(), faults.begin(), faults.end());
  std::map<std::string, int> given;
  for (const Call& call : evidence.calls) {
    const std::string batch = text_of(call.answer(), "batch");
    if (call.status != 0) {
      found.push_back("not given: " + call.name() + " was told " + call.out);
    } else if (++given[batch] > 1) {
      found.push_back("given twice: batch " + batch);
    }
  }
  if (given.size() != evidence.calls.size()) {
    found.push_back("not given: only " + std::to_string(given.size()) + " batches were");
  }
  return found;
}

TEST(Drain, GivesEveryBatchOnceUnderGrowingTokens) { EXPECT_THAT(drain_violations("", 20), IsEmpty()); }

/// The control.
TEST(Drain, IsFoundToGiveBatchesTwiceWhereNothingIsLocked) {
  EXPECT_THAT(drain_violations("no_lock", 2), Not(IsEmpty()));
}

/// Jain's index of fairness: 1 when all got the same, 1/n when one of n got everything.
/// Source: Jain, Chiu, Hawe, "A quantitative measure of fairness", DEC-TR-301, 1984.
double fairness(const std::vector<int>& got) {
  double sum = 0;
  double squares = 0;
  for (const int turns : got) {
    sum += turns;
    squares += static_cast<double>(turns) * turns;
  }
  return sum * sum / (static_cast<double>(got.size()) * squares);
}

/// How even 32 claimers get their turns until all work is given out. With a hundred turns each, nobody may get less
/// than a third of what another gets; a few turns are too few for that, and only their spread is looked at.
bool is_fair(const std::string& variant) {
  constexpr int kWorkers = 32;
  const int average = is_soak() ? 100 : 20;
  const Sandbox sandbox;
  const SmallDisk in_memory(sandbox.dir().path());
  sandbox.write_registry(Sandbox::registry_text(fleet(kWorkers * average, 1, "O")));
  Callers callers(sandbox, variant);
  const std::vector<int> got = drain(callers, kWorkers, kWorkers * average);
  EXPECT_THAT(callers.faults(), IsEmpty());
  const auto [fewest, most] = std::minmax_element(got.begin(), got.end());
  const double index = fairness(got);
  std::cout << "turns of " << kWorkers << " claimers, " << average << " on average: " << *fewest << " to " << *most
            << ", Jain's index " << index << "\n";
  return is_soak() ? 3 * *fewest >= *most : index >= 0.6;
}

TEST(Fairness, NobodyIsLeftBehind) { EXPECT_TRUE(is_fair("")); }

/// The control: whoever comes too early looks again later, and ever later.
TEST(Fairness, IsFoundMissingWhereTheLockIsPolled) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a call under a sanitizer is busy with its start most of its time: even polling is fair then";
#endif
  bool fair = true;
  for (int round = 0; fair && round < 5; ++round) {  // by luck a polled lock is now and then fair for a while
    fair = is_fair("polled_lock");
  }
  EXPECT_FALSE(fair);
}

}  // namespace
}  // namespace smbatcher::test
