#include "libregistry/sync/line_merge.h"

#include <algorithm>
#include <unordered_map>

namespace smbatcher {
namespace {

// A comparison of every line with every other is affordable up to here.
constexpr std::size_t kMostComparisons = 1U << 22U;

class Matcher {
 public:
  Matcher(const Symbols& left, const Symbols& right) : left_(left), right_(right), match_(left.size(), kNoMatch) {}

  std::vector<std::size_t> run() {
    // Not recursive: the depth would be the number of anchors in the worst case.
    open_.push_back({{0, left_.size()}, {0, right_.size()}});
    while (!open_.empty()) {
      const Pair pair = open_.back();
      open_.pop_back();
      split(pair);
    }
    return std::move(match_);
  }

 private:
  struct Pair {
    Stretch left;
    Stretch right;
  };

  void split(Pair pair) {
    while (pair.left.size() > 0 && pair.right.size() > 0 && left_[pair.left.begin] == right_[pair.right.begin]) {
      match_[pair.left.begin++] = pair.right.begin++;
    }
    while (pair.left.size() > 0 && pair.right.size() > 0 && left_[pair.left.end - 1] == right_[pair.right.end - 1]) {
      match_[--pair.left.end] = --pair.right.end;
    }
    if (pair.left.size() == 0 || pair.right.size() == 0) {
      return;
    }
    const std::vector<Anchor> anchors = anchors_of(pair);
    if (anchors.empty()) {
      compare_all(pair);
      return;
    }
    Pair before = pair;
    for (const Anchor& anchor : anchors) {
      match_[anchor.left] = anchor.right;
      before.left.end = anchor.left;
      before.right.end = anchor.right;
      open_.push_back(before);
      before.left.begin = anchor.left + 1;
      before.right.begin = anchor.right + 1;
    }
    before.left.end = pair.left.end;
    before.right.end = pair.right.end;
    open_.push_back(before);
  }

  struct Anchor {
    std::size_t left;
    std::size_t right;
  };

  /// Lines that occur once in both stretches, the longest series that stands in the same order in both.
  std::vector<Anchor> anchors_of(const Pair& pair) const {
    struct Occurrence {
      int left = 0;
      int right = 0;
      std::size_t at_right = 0;
    };
    std::unordered_map<std::uint32_t, Occurrence> occurrences;
    for (std::size_t i = pair.left.begin; i < pair.left.end; ++i) {
      ++occurrences[left_[i]].left;
    }
    for (std::size_t i = pair.right.begin; i < pair.right.end; ++i) {
      Occurrence& occurrence = occurrences[right_[i]];
      ++occurrence.right;
      occurrence.at_right = i;
    }
    std::vector<Anchor> unique;
    for (std::size_t i = pair.left.begin; i < pair.left.end; ++i) {
      const Occurrence& occurrence = occurrences[left_[i]];
      if (occurrence.left == 1 && occurrence.right == 1) {
        unique.push_back({i, occurrence.at_right});
      }
    }
    return longest_increasing(unique);
  }

  static std::vector<Anchor> longest_increasing(const std::vector<Anchor>& all) {
    std::vector<std::size_t> tails;  // of the best series of each length, the index of its last member
    std::vector<std::size_t> previous(all.size(), kNoMatch);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto place = std::lower_bound(tails.begin(), tails.end(), all[i].right,
                                          [&](std::size_t tail, std::size_t right) { return all[tail].right < right; });
      if (place != tails.begin()) {
        previous[i] = *std::prev(place);
      }
      if (place == tails.end()) {
        tails.push_back(i);
      } else {
        *place = i;
      }
    }
    std::vector<Anchor> series(tails.size());
    std::size_t at = tails.empty() ? kNoMatch : tails.back();
    for (std::size_t i = series.size(); i-- > 0; at = previous[at]) {
      series[i] = all[at];
    }
    return series;
  }

  void compare_all(const Pair& pair) {
    const std::size_t rows = pair.left.size();
    const std::size_t columns = pair.right.size();
    if (rows > kMostComparisons / columns) {
      return;
    }
    const std::size_t width = columns + 1;
    std::vector<std::uint32_t> length((rows + 1) * width, 0);  // of the longest common series from (i, j) on
    for (std::size_t i = rows; i-- > 0;) {
      for (std::size_t j = columns; j-- > 0;) {
        length[i * width + j] = left_[pair.left.begin + i] == right_[pair.right.begin + j]
                                    ? length[(i + 1) * width + j + 1] + 1
                                    : std::max(length[(i + 1) * width + j], length[i * width + j + 1]);
      }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < rows && j < columns) {
      if (left_[pair.left.begin + i] == right_[pair.right.begin + j]) {
        match_[pair.left.begin + i++] = pair.right.begin + j++;
      } else if (length[(i + 1) * width + j] >= length[i * width + j + 1]) {
        ++i;
      } else {
        ++j;
      }
    }
  }

  const Symbols& left_;
  const Symbols& right_;
  std::vector<std::size_t> match_;
  std::vector<Pair> open_;
};

}  // namespace

std::vector<std::size_t> match_lines(const Symbols& left, const Symbols& right) { return Matcher(left, right).run(); }

std::vector<MergePart> three_way(const Symbols& base, const Symbols& ours, const Symbols& theirs) {
  const std::vector<std::size_t> in_ours = match_lines(base, ours);
  const std::vector<std::size_t> in_theirs = match_lines(base, theirs);
  std::vector<MergePart> parts;
  MergePart between;
  const auto close = [&](std::size_t base_end, std::size_t ours_end, std::size_t theirs_end) {
    between.base.end = base_end;
    between.ours.end = ours_end;
    between.theirs.end = theirs_end;
    if (between.base.size() + between.ours.size() + between.theirs.size() > 0) {
      parts.push_back(between);
    }
  };
  for (std::size_t i = 0; i < base.size(); ++i) {
    if (in_ours[i] == kNoMatch || in_theirs[i] == kNoMatch) {
      continue;
    }
    close(i, in_ours[i], in_theirs[i]);
    parts.push_back({true, {i, i + 1}, {in_ours[i], in_ours[i] + 1}, {in_theirs[i], in_theirs[i] + 1}});
    between = {};
    between.base.begin = i + 1;
    between.ours.begin = in_ours[i] + 1;
    between.theirs.begin = in_theirs[i] + 1;
  }
  close(base.size(), ours.size(), theirs.size());
  return parts;
}

}  // namespace smbatcher
