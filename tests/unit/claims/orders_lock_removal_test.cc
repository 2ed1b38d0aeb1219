#include <filesystem>
#include <iostream>

#include "tests/unit/claims/orders_sweep.h"

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

}  // namespace
}  // namespace smbatcher::test
