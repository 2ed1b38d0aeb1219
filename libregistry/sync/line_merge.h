#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace smbatcher {

/// Lines by number: equal numbers are equal lines.
using Symbols = std::vector<std::uint32_t>;

/// A stretch of lines: [begin, end).
struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};

/// A part of a three-way merge. Common: three single lines that are the same one. Else what stands between two such
/// lines, of which one side or both made something else.
struct MergePart {
  bool common = false;
  Stretch base;
  Stretch ours;
  Stretch theirs;
};

/// For each line of `left` the line of `right` that it is, or kNoMatch; matches are in the order of both.
///
/// Lines that occur once on both sides are matched first (patience), so that rows, each of which is one of a kind,
/// never are taken for one another; long stretches without such lines and without a common beginning or end count as
/// replaced.
std::vector<std::size_t> match_lines(const Symbols& left, const Symbols& right);
inline constexpr std::size_t kNoMatch = ~std::size_t{0};

std::vector<MergePart> three_way(const Symbols& base, const Symbols& ours, const Symbols& theirs);

}  // namespace smbatcher
