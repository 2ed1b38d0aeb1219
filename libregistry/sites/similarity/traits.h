#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/designs/design_document.h"
#include "libregistry/sites/similarity/palette.h"

namespace smbatcher {

/// More words than a design needs: of a longer text the first ones count.
constexpr std::size_t kMostWords = 20'000;

/// What of a design, or of a built site, is compared with others. Source: docs/similarity.md, "What is compared".
struct Traits {
  std::string name;                    // of the site
  std::vector<std::string> words;      // of its text, in order
  std::vector<std::uint64_t> phrases;  // of the words, as phrases_of() gives them
  std::vector<PaletteColour> palette;  // no colour twice, at most kMostColours
  std::vector<std::string> fonts;      // families in lower case, sorted, each once
  std::vector<std::string> layout;     // words, sorted, each once

  bool empty() const { return phrases.empty() && palette.empty() && fonts.empty() && layout.empty(); }
};

Traits traits_of(const DesignDocument& design, const std::string& name);

/// The colours and the fonts of a design, in the form in which they are compared and counted.
std::vector<PaletteColour> compared_colours(const DesignDocument& design);
std::vector<std::string> compared_fonts(const DesignDocument& design);

/// Adds a colour that can be seen, unless the palette is full or has it.
void add_colour(std::vector<PaletteColour>& palette, std::string_view text, const Colour& colour);

/// Families in lower case, sorted, each once; generic ones ("serif") only where there is no other.
std::vector<std::string> font_families(std::vector<std::string> families);

}  // namespace smbatcher
