#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "libregistry/sites/css/colour.h"

namespace smbatcher {

struct PaletteColour {
  std::string text;  // as the design writes it
  Colour colour;
};

/// More colours than a design needs; a generated style sheet may have thousands, and matching grows with the cube.
constexpr std::size_t kMostColours = 16;

/// How alike two colours are, in millionths: all of it up to one just noticeable difference, nothing from five on.
/// Source: docs/similarity.md, "Palette".
constexpr std::uint64_t kSameColour = 1'000'000;
std::uint64_t closeness(const Colour& x, const Colour& y);

/// One colour of each palette, and how alike they are.
struct ColourPair {
  std::size_t first = 0;
  std::size_t second = 0;
  std::uint64_t closeness = 0;
};

/// The pairing of the two palettes' colours with the greatest sum, no colour twice; pairs that have nothing in common
/// are left out. Palettes have at most kMostColours.
std::vector<ColourPair> match_colours(const std::vector<PaletteColour>& a, const std::vector<PaletteColour>& b);

/// The sum over match_colours(), and what it cannot exceed: quick to tell, and mostly the same number.
std::uint64_t matched_closeness(const std::vector<PaletteColour>& a, const std::vector<PaletteColour>& b);
std::uint64_t most_closeness(const std::vector<PaletteColour>& a, const std::vector<PaletteColour>& b);

/// Jaccard's index with colours that are more or less the same: a sum of closeness over what two palettes that are not
/// both empty have together.
double palette_score(std::uint64_t sum, std::size_t size_a, std::size_t size_b);

}  // namespace smbatcher
