#include "libregistry/sites/html/word_set.h"

#include <string>

#include <gtest/gtest.h>

#include "libregistry/sites/html/vocabulary.h"

namespace smbatcher::test {
namespace {

TEST(WordSet, HoldsTheWordsOfItsListAndNoOthers) {
  constexpr WordSet<8> kSet("a bb ccc h1");
  for (const char* word : {"a", "bb", "ccc", "h1"}) {
    EXPECT_TRUE(kSet.contains(word)) << word;
  }
  for (const char* word : {"", "b", "cc", "cccc", "h", "h2", "a bb", " "}) {
    EXPECT_FALSE(kSet.contains(word)) << word;
  }
}

TEST(WordSet, FindsEachWordInAFullSetToo) {
  constexpr WordSet<16> kSet("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14");
  for (int i = 0; i < 30; ++i) {
    EXPECT_EQ(kSet.contains(std::to_string(i)), i < 15) << i;
  }
}

TEST(WordSet, IsWhatTheVocabularyIsMadeOf) {
  EXPECT_TRUE(is_void_element("wbr"));
  EXPECT_FALSE(is_void_element("w"));
  EXPECT_TRUE(is_role("treeitem"));
  EXPECT_FALSE(is_role("tree item"));
  EXPECT_EQ(knows_attribute("p", "aria-valuetext"), AttributeKnown::kYes);
  EXPECT_EQ(knows_attribute("p", "aria-value"), AttributeKnown::kNo);
  EXPECT_EQ(knows_attribute("table", "width"), AttributeKnown::kObsolete);
}

}  // namespace
}  // namespace smbatcher::test
