#include "libregistry/sites/similarity/pairs.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "libregistry/sites/similarity/words.h"

namespace smbatcher {
namespace {

/// Who has which member of a set, so that the members which a design shares with all before it are counted in one go.
class Postings {
 public:
  /// `set` of a design is its sorted members.
  template <class Set>
  Postings(const std::vector<Traits>& designs, Set set) : ids_(designs.size()), counts_(designs.size()) {
    using Member = typename std::decay_t<decltype(set(designs[0]))>::value_type;
    std::vector<std::pair<Member, std::size_t>> members;
    for (std::size_t i = 0; i < designs.size(); ++i) {
      for (const Member& member : set(designs[i])) {
        members.emplace_back(member, i);
      }
    }
    std::sort(members.begin(), members.end());
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i == 0 || members[i].first != members[i - 1].first) {
        holders_.emplace_back();
      }
      ids_[members[i].second].push_back(static_cast<std::uint32_t>(holders_.size() - 1));
      holders_.back().push_back(static_cast<std::uint32_t>(members[i].second));
    }
  }

  /// How many members `design` shares with each design before it. Valid until the next call.
  const std::vector<std::uint32_t>& common_with(std::size_t design) {
    std::fill_n(counts_.begin(), design, 0U);
    for (const std::uint32_t id : ids_[design]) {
      for (const std::uint32_t holder : holders_[id]) {
        if (holder >= design) {
          break;  // they stand in order
        }
        ++counts_[holder];
      }
    }
    return counts_;
  }
  std::size_t size(std::size_t design) const { return ids_[design].size(); }

  std::optional<double> score(std::size_t a, std::size_t b, std::size_t common) const {
    return size(a) + size(b) == 0 ? std::nullopt : std::optional(jaccard(common, size(a), size(b)));
  }

 private:
  std::vector<std::vector<std::uint32_t>> ids_;      // of each design's members
  std::vector<std::vector<std::uint32_t>> holders_;  // of each member, in order
  std::vector<std::uint32_t> counts_;
};

/// The score where it reaches the threshold. A part that is too large can only make the score too large, also in
/// floating point: so it is first tried with the most that the palettes can have in common.
std::optional<double> score_from(double threshold, PartScores parts, const Traits& a, const Traits& b) {
  const std::size_t size_a = a.palette.size();
  const std::size_t size_b = b.palette.size();
  if (size_a + size_b > 0) {
    const auto reaches = [&](std::uint64_t sum) {
      parts.palette = palette_score(sum, size_a, size_b);
      return score_of(parts) >= threshold;
    };
    if (!reaches(kSameColour * std::min(size_a, size_b)) || !reaches(most_closeness(a.palette, b.palette)) ||
        !reaches(matched_closeness(a.palette, b.palette))) {
      return std::nullopt;
    }
  }
  const double score = score_of(parts);
  return score >= threshold ? std::optional(score) : std::nullopt;
}

}  // namespace

std::vector<LikePair> find_pairs(const std::vector<Traits>& designs, double threshold) {
  Postings text(
      designs, [](const Traits& traits) -> const auto& { return traits.phrases; });
  Postings fonts(
      designs, [](const Traits& traits) -> const auto& { return traits.fonts; });
  Postings layout(
      designs, [](const Traits& traits) -> const auto& { return traits.layout; });
  std::vector<LikePair> pairs;
  for (std::size_t second = 1; second < designs.size(); ++second) {
    const auto& common_text = text.common_with(second);
    const auto& common_fonts = fonts.common_with(second);
    const auto& common_layout = layout.common_with(second);
    for (std::size_t first = 0; first < second; ++first) {
      if (designs[first].empty() || designs[second].empty()) {
        continue;
      }
      PartScores parts;
      parts.text = text.score(first, second, common_text[first]);
      parts.fonts = fonts.score(first, second, common_fonts[first]);
      parts.layout = layout.score(first, second, common_layout[first]);
      if (const auto score = score_from(threshold, parts, designs[first], designs[second])) {
        pairs.push_back({first, second, *score});
      }
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const LikePair& x, const LikePair& y) {
    return std::tuple(-x.score, x.first, x.second) < std::tuple(-y.score, y.first, y.second);
  });
  return pairs;
}

std::vector<bool> colliding(const std::vector<LikePair>& pairs, std::size_t count) {
  std::vector<bool> in_a_pair(count);
  for (const LikePair& pair : pairs) {
    in_a_pair[pair.first] = true;
    in_a_pair[pair.second] = true;
  }
  return in_a_pair;
}

}  // namespace smbatcher
