#include "libregistry/sites/similarity/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace smbatcher::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Words, AreRunsOfLettersInLowerCase) {
  EXPECT_THAT(words_of("A *shelf* of Bowls, from 8 to 10."),
              ElementsAre("a", "shelf", "of", "bowls", "from", "8", "to", "10"));
  EXPECT_THAT(words_of("the baker's 'own' o'"), ElementsAre("the", "baker's", "own", "o"));
  EXPECT_THAT(words_of("Café — “Brot”…x\xC2\xA0y"), ElementsAre("café", "brot", "x", "y"));
  EXPECT_THAT(words_of(" \n\t.,;"), IsEmpty());
}

TEST(Words, OfScriptsWithoutBlanksAreTheirCharacters) {
  EXPECT_THAT(words_of("小さな町。Tokyo"), ElementsAre("小", "さ", "な", "町", "tokyo"));
}

TEST(Words, LeaveColoursAndCommentsOut) {
  EXPECT_THAT(words_of("red #f4ede4, #FFF; #12345 #cafe"), ElementsAre("red", "12345"));
  EXPECT_THAT(words_of("a<!-- what -- belongs -->b <!-- no end"), ElementsAre("a", "b"));
  EXPECT_THAT(words_of("# Title"), ElementsAre("title"));
}

TEST(Words, TakeAnyBytes) {
  for (const std::string text : {"\xFF\xE3", "\xE3\x80", "\xC2", "\xE2\x80", "#", "<!-", "a\xE5"}) {
    (void)words_of(text);
  }
  EXPECT_THAT(words_of("\xE3\x80>a\xC2 b"), ElementsAre("\xE3\x80", "a\xC2", "b"));
  EXPECT_THAT(words_of(std::string_view("a\0b", 3)), ElementsAre("a", "b"));
}

TEST(Words, ThatSayNothingAreNotTelling) {
  EXPECT_THAT(telling_words("One column. The pieces, then the column"), ElementsAre("column", "one", "pieces"));
  EXPECT_THAT(telling_words("of the and"), IsEmpty());
}

TEST(Phrases, AreTwoNeighbours) {
  EXPECT_EQ(phrases_of({"a", "b", "a", "b"}).size(), 2U);
  EXPECT_EQ(phrases_of({"a", "b"}), phrases_of({"a", "b"}));
  EXPECT_NE(phrases_of({"a", "b"}), phrases_of({"b", "a"}));
  EXPECT_EQ(phrases_of({"a"}).size(), 1U);
  EXPECT_THAT(phrases_of({}), IsEmpty());
}

}  // namespace
}  // namespace smbatcher::test
