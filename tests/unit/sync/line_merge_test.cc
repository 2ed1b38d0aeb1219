#include "libregistry/sync/line_merge.h"

#include <random>

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

TEST(LineMerge, AMatchIsOfEqualLinesInTheOrderOfBoth) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    Symbols left(random() % 20);
    Symbols right(random() % 20);
    for (Symbols* side : {&left, &right}) {
      for (std::uint32_t& symbol : *side) {
        symbol = random() % 8;
      }
    }
    std::size_t after = 0;
    const std::vector<std::size_t> match = match_lines(left, right);
    ASSERT_EQ(match.size(), left.size());
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (match[i] != kNoMatch) {
        ASSERT_GE(match[i], after);
        ASSERT_EQ(left[i], right[match[i]]);
        after = match[i] + 1;
      }
    }
  }
}

TEST(LineMerge, WhatOneSideChangedStandsBetweenCommonLines) {
  const std::vector<MergePart> parts = three_way({1, 2, 3, 4}, {1, 2, 9, 3, 4}, {1, 3, 4});
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_TRUE(parts[0].common);
  EXPECT_EQ(parts[1].base.size(), 1U);    // 2
  EXPECT_EQ(parts[1].ours.size(), 2U);    // 2, 9
  EXPECT_EQ(parts[1].theirs.size(), 0U);  // removed
  EXPECT_TRUE(parts[3].common);
}

TEST(LineMerge, LongListsOfRowsAreMatchedQuickly) {
  Symbols left;
  Symbols right;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    left.push_back(i);
    right.push_back(i % 3 == 0 ? i + 1'000'000 : i);
  }
  std::size_t found = 0;
  for (const std::size_t match : match_lines(left, right)) {
    found += match == kNoMatch ? 0 : 1;
  }
  EXPECT_EQ(found, 66'666U);
}

}  // namespace
}  // namespace smbatcher
