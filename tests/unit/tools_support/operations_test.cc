#include "tools/support/operations.h"

#include <set>

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

TEST(Operations, HaveALineThatFits) {
  std::set<std::string_view> names;
  for (const Operation& operation : operations()) {
    EXPECT_TRUE(names.insert(operation.name).second) << operation.name;
    EXPECT_LE(operation.summary.size(), 76U) << operation.name;
    EXPECT_FALSE(operation.summary.empty() || operation.summary.ends_with('.')) << operation.name;
  }
  EXPECT_GE(names.size(), 60U);
}

TEST(Operations, AreFoundByTheirWholeName) {
  EXPECT_EQ(find_operation("heartbeat")->area, "shared");
  EXPECT_EQ(find_operation("serve")->program, Program::kNet);
  EXPECT_EQ(find_operation("reap")->effect, Effect::kRepairs);
  EXPECT_EQ(find_operation("heart"), nullptr);
  EXPECT_EQ(find_operation(""), nullptr);
}

}  // namespace
}  // namespace smbatcher
