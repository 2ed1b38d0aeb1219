#include "libregistry/sites/similarity/palette.h"

#include <algorithm>
#include <numeric>

#include "tests/unit/sites/similarity/support.h"

namespace smbatcher::test {
namespace {

/// The greatest sum over all ways to pair the colours.
std::uint64_t greatest_sum(const std::vector<PaletteColour>& a, const std::vector<PaletteColour>& b) {
  if (a.size() > b.size()) {
    return greatest_sum(b, a);
  }
  std::vector<std::size_t> order(b.size());
  std::iota(order.begin(), order.end(), 0U);
  std::uint64_t greatest = 0;
  do {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      sum += closeness(a[i].colour, b[order[i]].colour);
    }
    greatest = std::max(greatest, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return greatest;
}

TEST(Palette, MatchesColoursForTheGreatestSum) {
  RandomDesigns designs(1);
  for (int i = 0; i < 2000; ++i) {
    const auto a = designs.next("a").palette;
    const auto b = designs.next("b").palette;
    const std::uint64_t greatest = greatest_sum(a, b);
    EXPECT_EQ(matched_closeness(a, b), greatest);
    EXPECT_EQ(matched_closeness(b, a), greatest);
    EXPECT_GE(most_closeness(a, b), greatest);
    std::uint64_t sum = 0;
    for (const ColourPair& pair : match_colours(a, b)) {
      EXPECT_EQ(pair.closeness, closeness(a[pair.first].colour, b[pair.second].colour));
      sum += pair.closeness;
    }
    EXPECT_EQ(sum, greatest);
  }
}

TEST(Palette, GivesNoColourAwayTwice) {
  const auto one = palette({"#f4ede4"});
  const auto three = palette({"#f4ede4", "#f3ede4", "#f5ede4"});
  EXPECT_EQ(matched_closeness(one, three), kSameColour);
  EXPECT_DOUBLE_EQ(palette_score(kSameColour, 1, 3), 1.0 / 3);
}

TEST(Palette, CountsWhatLooksTheSameAsTheSame) {
  const auto score = [](const std::vector<std::string>& a, const std::vector<std::string>& b) {
    const auto first = palette(a);
    const auto second = palette(b);
    return palette_score(matched_closeness(first, second), first.size(), second.size());
  };
  EXPECT_EQ(score({"#ff0000", "white"}, {"#FFF", "rgb(255 0 0)"}), 1);
  EXPECT_EQ(score({"#f4ede4"}, {"#f3ece2"}), 1);
  EXPECT_GT(score({"#a4502f"}, {"#ad5a38"}), 0);
  EXPECT_LT(score({"#a4502f"}, {"#ad5a38"}), 1);
  EXPECT_EQ(score({"#ff0000"}, {"#0000ff"}), 0);
  EXPECT_EQ(score({"#ff0000"}, {}), 0);
}

TEST(Palette, IsCutOffAtItsLimit) {
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) {
    many.push_back("rgb(" + std::to_string(2 * i) + " 0 0)");
  }
  EXPECT_EQ(palette(many).size(), kMostColours);
  EXPECT_EQ(matched_closeness(palette(many), palette(many)), kMostColours * kSameColour);
}

TEST(Palette, TakesOnlyWhatCanBeSeenAndEachOnce) {
  EXPECT_EQ(palette({"#fff", "white", "rgb(255, 255, 255)", "transparent", "no colour", "#12"}).size(), 1U);
}

}  // namespace
}  // namespace smbatcher::test
