#include "libregistry/sites/similarity/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace smbatcher {
namespace {

constexpr double kApart = 5 * kColourTolerance;

using Palette = std::vector<PaletteColour>;

std::uint64_t best_of(const PaletteColour& colour, const Palette& others) {
  std::uint64_t best = 0;
  for (const PaletteColour& other : others) {
    best = std::max(best, closeness(colour.colour, other.colour));
  }
  return best;
}

/// The Hungarian method (Kuhn 1955, Munkres 1957) in its form with potentials: the assignment of `rows` to `columns`
/// (no fewer than rows) whose costs are least. Whole numbers, so that the sum does not depend on the order.
class Assignment {
 public:
  Assignment(const Palette& rows, const Palette& columns) : rows_(rows.size()), columns_(columns.size()) {
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t j = 0; j < columns_; ++j) {
        cost_[i + 1][j + 1] = -static_cast<std::int64_t>(closeness(rows[i].colour, columns[j].colour));
      }
    }
    for (std::size_t row = 1; row <= rows_; ++row) {
      assign(row);
    }
  }

  template <class Use>
  void for_each(Use use) const {
    for (std::size_t j = 1; j <= columns_; ++j) {
      if (row_of_[j] != 0) {
        use(row_of_[j] - 1, j - 1, static_cast<std::uint64_t>(-cost_[row_of_[j]][j]));
      }
    }
  }

 private:
  static constexpr std::size_t kSize = kMostColours + 1;
  template <class T>
  using Line = std::array<T, kSize>;

  void assign(std::size_t row) {
    Line<std::int64_t> least{};
    least.fill(std::numeric_limits<std::int64_t>::max());
    Line<bool> used{};
    std::size_t column = 0;
    row_of_[0] = row;
    do {
      used[column] = true;
      column = next_column(column, least, used);
    } while (row_of_[column] != 0);
    while (column != 0) {
      row_of_[column] = row_of_[way_[column]];
      column = way_[column];
    }
  }

  std::size_t next_column(std::size_t column, Line<std::int64_t>& least, const Line<bool>& used) {
    const std::size_t row = row_of_[column];
    std::int64_t delta = std::numeric_limits<std::int64_t>::max();
    std::size_t next = 0;
    for (std::size_t j = 1; j <= columns_; ++j) {
      if (used[j]) {
        continue;
      }
      const std::int64_t reduced = cost_[row][j] - of_row_[row] - of_column_[j];
      if (reduced < least[j]) {
        least[j] = reduced;
        way_[j] = column;
      }
      if (least[j] < delta) {
        delta = least[j];
        next = j;
      }
    }
    for (std::size_t j = 0; j <= columns_; ++j) {
      if (used[j]) {
        of_row_[row_of_[j]] += delta;
        of_column_[j] -= delta;
      } else {
        least[j] -= delta;
      }
    }
    return next;
  }

  std::size_t rows_;
  std::size_t columns_;
  std::array<Line<std::int64_t>, kSize> cost_{};
  Line<std::int64_t> of_row_{};  // potentials
  Line<std::int64_t> of_column_{};
  Line<std::size_t> row_of_{};  // of a column; 0: none
  Line<std::size_t> way_{};
};

}  // namespace

std::uint64_t closeness(const Colour& x, const Colour& y) {
  const double lightness = x.lightness - y.lightness;
  const double a = x.a - y.a;
  const double b = x.b - y.b;
  const double square = lightness * lightness + a * a + b * b;
  if (square >= kApart * kApart) {
    return 0;
  }
  const double nearness = (kApart - std::sqrt(square)) / (kApart - kColourTolerance);
  return nearness >= 1 ? kSameColour : static_cast<std::uint64_t>(nearness * static_cast<double>(kSameColour));
}

std::vector<ColourPair> match_colours(const Palette& a, const Palette& b) {
  const bool is_swapped = a.size() > b.size();
  const Assignment assignment(is_swapped ? b : a, is_swapped ? a : b);
  std::vector<ColourPair> pairs;
  assignment.for_each([&](std::size_t row, std::size_t column, std::uint64_t value) {
    if (value > 0) {
      pairs.push_back(is_swapped ? ColourPair{column, row, value} : ColourPair{row, column, value});
    }
  });
  std::sort(pairs.begin(), pairs.end(), [](const ColourPair& x, const ColourPair& y) { return x.first < y.first; });
  return pairs;
}

std::uint64_t matched_closeness(const Palette& a, const Palette& b) {
  if (a.size() > b.size()) {
    return matched_closeness(b, a);
  }
  std::uint64_t sum = 0;
  Assignment(a, b).for_each([&sum](std::size_t, std::size_t, std::uint64_t value) { sum += value; });
  return sum;
}

std::uint64_t most_closeness(const Palette& a, const Palette& b) {
  std::uint64_t of_a = 0;
  for (const PaletteColour& colour : a) {
    of_a += best_of(colour, b);
  }
  std::uint64_t of_b = 0;
  for (const PaletteColour& colour : b) {
    of_b += best_of(colour, a);
  }
  return std::min(of_a, of_b);
}

double palette_score(std::uint64_t sum, std::size_t size_a, std::size_t size_b) {
  return static_cast<double>(sum) / static_cast<double>(kSameColour * (size_a + size_b) - sum);
}

}  // namespace smbatcher
