#include "libregistry/sites/similarity/measure.h"

#include <gmock/gmock.h>

#include "tests/unit/sites/similarity/support.h"

namespace smbatcher::test {
namespace {

constexpr const char* kKiln =
    "---\npalette: [\"#f4ede4\", \"#2e2622\"]\nfonts: [Spectral]\nlayout: one column\n---\n"
    "Bowls and plates, seen from close by.\n";

TEST(Score, IsOneForTheSameAndSymmetric) {
  RandomDesigns designs(2);
  for (int i = 0; i < 5000; ++i) {
    const Traits a = designs.next("a");
    const Traits b = designs.next("b");
    const double score = score_of(compare(a, b));
    EXPECT_EQ(score, score_of(compare(b, a)));
    EXPECT_GE(score, 0);
    EXPECT_LE(score, 1);
    EXPECT_EQ(score_of(compare(a, a)), a.empty() ? 0 : 1);
  }
}

TEST(Score, WeighsThePartsThatThereAre) {
  EXPECT_DOUBLE_EQ(score_of({0.5, 1, 0, 0}), 0.45);
  EXPECT_DOUBLE_EQ(score_of({0.5, std::nullopt, std::nullopt, 1}), 0.7);
  EXPECT_EQ(score_of({}), 0);
  double sum = 0;
  for (const LikenessPart& part : kLikenessParts) {
    sum += part.weight;
  }
  EXPECT_DOUBLE_EQ(sum, 1);
}

TEST(Score, CountsAPartThatOnlyOneHasAgainstThem) {
  const Traits with = traits(kKiln);
  Traits without = with;
  without.fonts.clear();
  EXPECT_EQ(compare(with, without).fonts, 0);
  EXPECT_DOUBLE_EQ(score_of(compare(with, without)), 0.8);
  EXPECT_EQ(compare(without, without).fonts, std::nullopt);
}

TEST(Score, IsHighForTheSameLookInNearlyTheSameWords) {
  const Traits a = traits(kKiln);
  const Traits b = traits(
      "---\npalette: [\"#2d2521\", \"#f3ece2\"]\nfonts: [spectral, serif]\nlayout: one column\n---\n"
      "Bowls and jugs, seen from close by.\n");
  const PartScores parts = compare(a, b);
  EXPECT_EQ(parts.palette, 1);
  EXPECT_EQ(parts.fonts, 1);
  EXPECT_DOUBLE_EQ(*parts.text, 4.0 / 8);
  EXPECT_DOUBLE_EQ(score_of(parts), 0.85);
}

TEST(Explain, SaysWhatIsAlikeTheMostImportantFirst) {
  const Traits a = traits(kKiln);
  const Traits b = traits(
      "---\npalette: [\"#2d2521\", \"#f4ede4\"]\nfonts: [Lato, spectral]\nlayout: two columns\n---\n"
      "Bowls and jugs, seen from close by.\n");
  EXPECT_THAT(explain(a, b, compare(a, b)),
              testing::ElementsAre("palette 1.00: #f4ede4 = #f4ede4, #2e2622 ≈ #2d2521",
                                   "text 0.50: \"seen from close by\", \"bowls and\"", "fonts 0.50: spectral"));
}

TEST(Explain, SaysTheBestReasonWhereAllAreWeak) {
  Traits a = traits("Bowls and plates and cups");
  a.layout = {"grid"};
  Traits b = traits("Bowls and roses and trees");
  b.layout = {"row"};
  EXPECT_THAT(explain(a, b, compare(a, b)), testing::ElementsAre("text 0.14: \"bowls and\""));
  EXPECT_THAT(explain(a, traits("Roses"), compare(a, traits("Roses"))), testing::IsEmpty());
}

TEST(Explain, CutsLongListsShort) {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    text += "word" + std::to_string(i) + " ";
  }
  Traits a = traits(text);
  a.layout = {"a", "b", "c", "d", "e"};
  EXPECT_THAT(explain(a, a, compare(a, a)),
              testing::ElementsAre("text 1.00: \"word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 …\"",
                                   "layout 1.00: a, b, c, d, …"));
}

TEST(DescribeScore, CutsOff) {
  EXPECT_EQ(describe_score(0), "0.00");
  EXPECT_EQ(describe_score(0.29), "0.29");
  EXPECT_EQ(describe_score(0.999), "0.99");
  EXPECT_EQ(describe_score(1), "1.00");
}

}  // namespace
}  // namespace smbatcher::test
