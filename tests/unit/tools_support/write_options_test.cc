#include "tools/support/write_options.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

class NamedOwner : public testing::Test {
 protected:
  void SetUp() override { ::unsetenv("SMBATCHER_OWNER"); }
  void TearDown() override { ::unsetenv("SMBATCHER_OWNER"); }
};

TEST_F(NamedOwner, IsTheOptionBeforeTheEnvironment) {
  ::setenv("SMBATCHER_OWNER", "environment", 1);
  EXPECT_EQ(*WriteOptions().named_owner(), "environment");
  EXPECT_EQ(*(WriteOptions{"option", false}.named_owner()), "option");
}

TEST_F(NamedOwner, IsNobodyWhenUnsetOrEmpty) {
  EXPECT_EQ(*WriteOptions().named_owner(), std::nullopt);
  ::setenv("SMBATCHER_OWNER", "", 1);
  EXPECT_EQ(*WriteOptions().named_owner(), std::nullopt);
}

TEST_F(NamedOwner, RefusesANameThatWouldBreakALine) {
  ::setenv("SMBATCHER_OWNER", "a:b\n", 1);
  const auto owner = WriteOptions().named_owner();
  ASSERT_FALSE(owner.has_value());
  EXPECT_EQ(owner.error().reason.text(), "invalid_argument");
  EXPECT_EQ(
      owner.error().message,
      "SMBATCHER_OWNER is 'a:b\\n', which is not an owner: 1 to 128 characters, no colon, no control characters, and "
      "not 'unknown'");
}

}  // namespace
}  // namespace smbatcher
