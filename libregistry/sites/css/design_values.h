#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/css/colour.h"
#include "libregistry/sites/designs/design_document.h"

namespace smbatcher {

/// A colour of a design's palette.
struct DesignColour {
  std::string name;  // empty in a list without names
  std::string text;  // as it is written
  std::size_t line = 0;
  std::optional<Colour> colour;  // nothing when `text` is none
};
std::vector<DesignColour> palette_of(const DesignDocument& design);

/// A font of a design. A text with commas is several.
struct DesignFont {
  std::string family;
  std::size_t line = 0;
  bool is_generic = false;
  bool stands_alone = true;  // the only one of its use
};
std::vector<DesignFont> fonts_of(const DesignDocument& design);

/// In lower case, each run of ASCII characters that are no letter or digit as one hyphen, none at the ends: as ids are
/// made of headings.
std::string slug_of(std::string_view text);

/// A section that the built site must have.
struct DesignSection {
  std::string name;
  std::size_t line = 0;
};
/// `sections` of the front matter, a list; without it the headings one level below "Content".
std::vector<DesignSection> sections_of(const DesignDocument& design);

/// "'accent' #a4502f", or the colour alone.
std::string describe(const DesignColour& colour);

}  // namespace smbatcher
