#include "libregistry/sites/similarity/traits.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sites/css/design_values.h"
#include "libregistry/sites/css/style_values.h"
#include "libregistry/sites/similarity/words.h"

namespace smbatcher {
namespace {

constexpr double kSame = 1e-6;  // the same colour in another notation

/// Colours such as #f4ede4 that stand in a text.
void add_hex_colours(std::vector<PaletteColour>& palette, std::string_view text) {
  for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    std::size_t end = at + 1;
    while (end < text.size() && is_letter_or_digit(text[end])) {
      ++end;
    }
    if (const auto colour = parse_colour(text.substr(at, end - at))) {
      add_colour(palette, text.substr(at, end - at), *colour);
    }
  }
}

std::vector<std::string> layout_of(const DesignDocument& design) {
  if (!design.fields.layout.empty()) {
    return telling_words(design.fields.layout);
  }
  return telling_words(design.text_of(design.section("Layout")));
}

}  // namespace

Traits traits_of(const DesignDocument& design, const std::string& name) {
  Traits traits;
  traits.name = name;
  for (const DocumentSection& section : design.sections) {
    std::vector<std::string> words = words_of(section.text);
    traits.words.insert(traits.words.end(), std::make_move_iterator(words.begin()),
                        std::make_move_iterator(words.end()));
  }
  traits.words.resize(std::min(traits.words.size(), kMostWords));
  traits.phrases = phrases_of(traits.words);
  traits.palette = compared_colours(design);
  traits.fonts = compared_fonts(design);
  traits.layout = layout_of(design);
  return traits;
}

std::vector<PaletteColour> compared_colours(const DesignDocument& design) {
  std::vector<PaletteColour> palette;
  for (const DesignColour& each : palette_of(design)) {
    if (each.colour) {
      add_colour(palette, each.text, *each.colour);
    }
  }
  if (design.fields.palette.empty()) {
    add_hex_colours(palette, design.text_of(design.section("Palette")));
  }
  return palette;
}

std::vector<std::string> compared_fonts(const DesignDocument& design) {
  std::vector<std::string> families;
  for (const DesignFont& font : fonts_of(design)) {
    families.push_back(font.family);
  }
  return font_families(std::move(families));
}

void add_colour(std::vector<PaletteColour>& palette, std::string_view text, const Colour& colour) {
  const bool is_known = std::any_of(palette.begin(), palette.end(), [&colour](const PaletteColour& known) {
    return distance(known.colour, colour) < kSame;
  });
  if (!is_known && colour.alpha > 0 && palette.size() < kMostColours) {
    palette.push_back({std::string(trim(text)), colour});
  }
}

std::vector<std::string> font_families(std::vector<std::string> families) {
  std::transform(families.begin(), families.end(), families.begin(),
                 [](const std::string& family) { return to_lower(trim(family)); });
  std::sort(families.begin(), families.end());
  families.erase(std::unique(families.begin(), families.end()), families.end());
  std::erase(families, std::string());
  if (!std::all_of(families.begin(), families.end(), is_generic_font)) {
    std::erase_if(families, is_generic_font);
  }
  return families;
}

}  // namespace smbatcher
