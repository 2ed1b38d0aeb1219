#include <filesystem>
#include <iostream>
#include <set>

#include "tests/unit/queue/ledger/orders_sweep.h"

namespace smbatcher::test {
namespace {

// Lock, check, unlink, lock, check: somebody removes the lock file while the first actor is stopped, and the second one
// locks a new file of that name. All moments are tried, so also the one between the check and the publication.

constexpr std::array kPairs{Pair{Act::kAdopt, Act::kAdopt, true},     Pair{Act::kComplete, Act::kAdopt, true},
                            Pair{Act::kHeartbeat, Act::kAdopt, true}, Pair{Act::kAdopt, Act::kComplete, true},
                            Pair{Act::kAdopt, Act::kReap, true},      Pair{Act::kRelease, Act::kContinue, false}};

void remove_lock_file(Bench& bench) { std::filesystem::remove(bench.queue().paths.lock); }

TEST(LockRemoval, BreaksNoOrderOfTwoActors) {
  int orders = 0;
  for (const Pair& pair : kPairs) {
    const Sweep result = sweep(pair, Locking::kKept, remove_lock_file);
    for (const std::string& violation : result.found) {
      ADD_FAILURE() << violation;
    }
    orders += result.orders;
  }
  std::cout << "orders with a removed lock file: " << orders << "\n";
}

TEST(LockRemoval, IsFoundToBreakOrdersWithoutTheFoldersLock) {
  for (const Pair& pair : kPairs) {
    EXPECT_FALSE(sweep(pair, Locking::kFoldersIgnored, remove_lock_file).found.empty()) << pair.name();
  }
}

// Where folders cannot be locked, only the lock file excludes others, and its identity is looked at again right before
// the intent is written and right before publication. What is left are the moments just behind these looks; the answers
// may also differ from those of either order, since a call that lost its lock plans again.
TEST(LockRemoval, WhereFoldersCannotBeLockedBreaksNoPromiseButRightBehindTheLastLooks) {
  constexpr std::size_t kMostMoments = 2;
  int orders = 0;
  for (const Pair& pair : kPairs) {
    const Sweep result = sweep(pair, Locking::kNoFolders, remove_lock_file);
    std::set<std::string> moments;
    for (const std::string& violation : result.found) {
      if (violation.find("neither order") == std::string::npos) {
        moments.insert(violation.substr(0, violation.find(')')));
      }
    }
    EXPECT_LE(moments.size(), kMostMoments) << pair.name();
    orders += result.orders;
  }
  std::cout << "orders with a removed lock file and folders that cannot be locked: " << orders << "\n";
}

}  // namespace
}  // namespace smbatcher::test
