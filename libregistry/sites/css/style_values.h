#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/css/colour.h"
#include "libregistry/sites/css/style_sheet.h"

namespace smbatcher {

/// A colour in a value, and where it is written.
struct ColourUse {
  std::optional<Colour> colour;  // nothing for one that cannot be computed here
  CssToken first;
  CssToken last;
};

/// The colours in a value without `var()`, those inside of gradients, color-mix() and light-dark() too. Names count
/// where the property takes colours. Left out: currentColor and the other words of CSS, what is wholly transparent, and
/// masks, whose colours are not seen. Of a colour that is made from another one (`rgb(from …)`), that other one counts.
std::vector<ColourUse> colours_in(std::string_view property, const std::vector<CssToken>& value);

/// A font family in a value.
struct FontUse {
  std::string family;
  bool is_first = false;    // of its list: the others stand in for it
  bool is_generic = false;  // serif, system-ui …: always there
  CssToken at;
};

/// The families of `font-family` and `font`; none for other properties.
std::vector<FontUse> fonts_in(std::string_view property, const std::vector<CssToken>& value);

/// Whether this is a word for a kind of font, in any case.
bool is_generic_font(std::string_view family);

}  // namespace smbatcher
