#include <iostream>

#include "tests/unit/queue/ledger/orders_sweep.h"

namespace smbatcher::test {
namespace {

class OrdersOnALease : public ::testing::TestWithParam<bool> {};

TEST_P(OrdersOnALease, OneOfTwoActorsWinsWhereverTheFirstIsStopped) {
  int orders = 0;
  int waited = 0;
  for (const Act first : kActs) {
    for (const Act second : kActs) {
      const Pair pair{first, second, GetParam()};
      const Sweep result = sweep(pair, Locking::kKept);
      for (const std::string& violation : result.found) {
        ADD_FAILURE() << violation;
      }
      EXPECT_GT(result.orders, 5) << pair.name();
      orders += result.orders;
      waited += result.waited;
    }
  }
  std::cout << "orders of two actors: " << orders << ", in " << waited << " of them the second waited for the first\n";
  EXPECT_GT(waited, orders / 2) << "too few were stopped under the lock for this to show much";
}

INSTANTIATE_TEST_SUITE_P(Leases, OrdersOnALease, ::testing::Bool(),
                         [](const auto& lapsed) { return lapsed.param ? "Lapsed" : "Live"; });

TEST(Orders, AreFoundBrokenWhereTheSecondIgnoresTheLocks) {
  for (const Pair& pair : {Pair{Act::kComplete, Act::kAdopt, true}, Pair{Act::kHeartbeat, Act::kAdopt, true},
                           Pair{Act::kRelease, Act::kComplete, false}, Pair{Act::kReap, Act::kHeartbeat, true},
                           Pair{Act::kAdopt, Act::kAdopt, true}, Pair{Act::kContinue, Act::kForcedReap, false}}) {
    EXPECT_FALSE(sweep(pair, Locking::kIgnored).found.empty()) << pair.name();
  }
}

}  // namespace
}  // namespace smbatcher::test
