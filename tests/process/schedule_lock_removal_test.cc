#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tests/process/schedule_drain.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

// A process that removes the lock file as fast as it can, while many claim. In
// tests/unit/queue/ledger/orders_lock_removal_test the same is tried at each single moment.

constexpr const char* kRemover = R"(
import os, signal, sys
removed = 0
def end(*_):
    print(removed)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
while True:
    try:
        os.unlink('.smbatcher/REGISTRY.lock')
        removed += 1
    except FileNotFoundError:
        pass
)";

int batches() { return std::getenv("SMB_SOAK") == nullptr ? 150 : 1280; }  // NOLINT(concurrency-mt-unsafe)

/// Drains a queue with and against the remover; with `variant`, with tools of that build.
void drain_without_a_lock_file(const std::string& variant = "") {
  const auto sites = fleet(batches(), 1, "O");
  const Sandbox sandbox(sites);
  Process remover({.argv = {"python3", "-c", kRemover}, .cwd = sandbox.dir().path()});
  std::vector<Command> commands;
  for (int i = 0; i < kDrainers; ++i) {
    commands.push_back(drainer(sandbox, i, variant));
  }
  const auto results = run_together(commands);
  remover.kill(SIGTERM);
  const int removed = std::atoi(remover.wait().out.c_str());  // NOLINT(cert-err34-c): its own number
  std::cout << "lock file removed " << removed << " times during " << sites.size() << " claims\n";
  EXPECT_GT(removed, kDrainers);
  expect_each_given_once(sandbox, answers_of(results), sites.size());
  expect_history_explains_registry(sandbox, sites);
}

TEST(LockRemoval, GivesNoWorkToTwoOwners) { drain_without_a_lock_file(); }

/// The remover has to strike at the right moment: it is let try until it has, within bounds.
TEST(LockRemoval, IsFoundToGiveWorkTwiceWithoutTheFoldersLock) {
  constexpr int kTries = 20;
  std::vector<std::string> violations;
  const auto given_twice = [&] {
    return std::any_of(violations.begin(), violations.end(), [](const std::string& violation) {
      return violation.find("was given to") != std::string::npos;
    });
  };
  for (int tries = 0; tries < kTries && !given_twice(); ++tries) {
    violations = violations_of([] { drain_without_a_lock_file("no_folder_lock"); });
  }
  EXPECT_TRUE(given_twice()) << summary(violations);
}

}  // namespace
}  // namespace smbatcher::test
