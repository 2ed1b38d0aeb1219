#include "libregistry/core/base/display_width.h"

#include <gtest/gtest.h>

namespace smbatcher::test {
namespace {

TEST(DisplayWidth, CountsColumnsAndNotBytes) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("plain"), 5U);
  EXPECT_EQ(display_width("K\u00E4se"), 4U);
  EXPECT_EQ(display_width("Ka\u0308se"), 4U) << "a combining mark";
  EXPECT_EQ(display_width("\u65E5\u672C\u8A9E"), 6U);
  EXPECT_EQ(display_width("\uFF21"), 2U) << "a full-width letter";
  EXPECT_EQ(display_width("\uD55C\uAE00"), 4U);
  EXPECT_EQ(display_width("\u0E01\u0E33\u0E49"), 2U) << "Thai, with a mark above";
  EXPECT_EQ(display_width("a\u200Bb"), 2U);
}

TEST(DisplayWidth, CountsAPictureOnce) {
  EXPECT_EQ(display_width("\U0001F600"), 2U);
  EXPECT_EQ(display_width("\U0001F44D\U0001F3FD"), 2U) << "with a skin tone";
  EXPECT_EQ(display_width("\U0001F468\u200D\U0001F469\u200D\U0001F467"), 2U) << "a family";
  EXPECT_EQ(display_width("\u2764\uFE0F"), 2U);
  EXPECT_EQ(display_width("\U0001F1E9\U0001F1EA"), 2U) << "a flag";
}

TEST(DisplayWidth, TakesBytesThatAreNoUtf8) {
  EXPECT_EQ(display_width("a\xFF\xC3"), 3U);
  EXPECT_EQ(display_width("\xE6\x97"), 2U);
}

}  // namespace
}  // namespace smbatcher::test
