#pragma once

#include <cstddef>
#include <vector>

#include "libregistry/sites/similarity/measure.h"

namespace smbatcher {

/// Two designs that are alike, by their index.
struct LikePair {
  std::size_t first = 0;  // before `second` in the list
  std::size_t second = 0;
  double score = 0;
};

/// All pairs whose score is at least `threshold`, the most alike first, then in the order of the list: what comparing
/// each design with each other one gives, to the last digit.
///
/// Text, fonts and layout of all pairs are counted through an inverted index; a palette is matched only where the pair
/// could still reach the threshold. Designs without any trait are like none. Source: docs/similarity.md, "Speed".
std::vector<LikePair> find_pairs(const std::vector<Traits>& designs, double threshold);

/// For each design whether it is in one of the pairs.
std::vector<bool> colliding(const std::vector<LikePair>& pairs, std::size_t count);

}  // namespace smbatcher
