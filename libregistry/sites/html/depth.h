#pragma once

#include <cstddef>
#include <string_view>

namespace smbatcher {

/// A bound of how deep the elements of a page are nested, and where it first got deeper than `limit`.
struct Depth {
  std::size_t levels = 0;
  std::size_t exceeded_at = std::string_view::npos;  // the offset of the tag; npos when it does not
  bool by_reopening = false;                         // what exceeded a limit is this:
  /// Formatting elements that are not closed are opened again in every block behind them: a small page can become a
  /// tree of millions of elements.
  std::size_t reopened = 0;
};

inline constexpr std::size_t kMostReopened = 1'000'000;

/// Counts open tags without a parser, which would need time that grows with the square of the depth, and stack to free
/// the tree. What the parser closes by itself (p, li, td …) is not counted, so the tree is up to a few times as deep.
/// Stops at `limit`.
Depth measure_depth(std::string_view html, std::size_t limit);

}  // namespace smbatcher
