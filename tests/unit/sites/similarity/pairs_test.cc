#include "libregistry/sites/similarity/pairs.h"

#include <algorithm>
#include <tuple>

#include <gmock/gmock.h>

#include "tests/unit/sites/similarity/support.h"

namespace smbatcher::test {
namespace {

using Found = std::vector<std::tuple<double, std::size_t, std::size_t>>;

Found found(const std::vector<Traits>& designs, double threshold) {
  Found pairs;
  for (const LikePair& pair : find_pairs(designs, threshold)) {
    pairs.emplace_back(-pair.score, pair.first, pair.second);
  }
  return pairs;
}

/// Each design compared with each other one.
Found plain(const std::vector<Traits>& designs, double threshold) {
  Found pairs;
  for (std::size_t i = 0; i < designs.size(); ++i) {
    for (std::size_t j = i + 1; j < designs.size(); ++j) {
      const double score = score_of(compare(designs[i], designs[j]));
      if (score >= threshold && !designs[i].empty() && !designs[j].empty()) {
        pairs.emplace_back(-score, i, j);
      }
    }
  }
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

TEST(FindPairs, AnswersWhatComparingAllGives) {
  std::size_t seen = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    RandomDesigns random(seed);
    std::vector<Traits> designs;
    for (int i = 0; i < 40; ++i) {
      designs.push_back(random.next("s" + std::to_string(i)));
    }
    for (const double threshold : {0.0, 0.3, 0.5, 0.6, 0.8, 1.0}) {
      const Found pairs = found(designs, threshold);
      EXPECT_EQ(pairs, plain(designs, threshold)) << "seed " << seed << ", threshold " << threshold;
      seen += threshold > 0.4 ? pairs.size() : 0;
    }
  }
  EXPECT_GT(seen, 1000U) << "the designs are too different to show anything";
}

TEST(FindPairs, IncludesAPairThatIsExactlyAtTheThreshold) {
  RandomDesigns random(7);
  std::vector<Traits> designs{random.next("a"), random.next("b")};
  designs[0].layout = {"x"};
  designs[1].layout = {"x"};
  const double score = score_of(compare(designs[0], designs[1]));
  EXPECT_EQ(find_pairs(designs, score).size(), 1U);
  EXPECT_TRUE(find_pairs(designs, std::nextafter(score, 2)).empty());
}

TEST(FindPairs, LeavesOutWhatHasNoTraits) {
  EXPECT_TRUE(find_pairs({Traits(), Traits()}, 0).empty());
  EXPECT_TRUE(find_pairs({}, 0).empty());
}

TEST(Colliding, MarksEveryDesignOfAPair) {
  EXPECT_THAT(colliding({{0, 2, 1.0}, {2, 3, 0.9}}, 5), testing::ElementsAre(true, false, true, true, false));
}

}  // namespace
}  // namespace smbatcher::test
