#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "libregistry/sites/css/tokens.h"

namespace smbatcher {

/// A colour in OKLab (D65), where distances are nearly what people see, and its opacity.
/// Source: CSS Color Module Level 4 (https://www.w3.org/TR/css-color-4/), section 9.
struct Colour {
  double lightness = 0;  // 0 to 1
  double a = 0;          // about -0.4 to 0.4
  double b = 0;
  double alpha = 1;  // 0 to 1
};

/// Two colours that are no further apart are taken for one: what CSS Color 4, section 13.2, calls just noticeable.
inline constexpr double kColourTolerance = 0.02;

/// Linear-light sRGB, 0 to 1 inside its gamut.
using LinearRgb = std::array<double, 3>;
Colour colour_of(const LinearRgb& rgb, double alpha = 1);
LinearRgb linear_rgb(const Colour& colour);
/// One channel of sRGB or display-p3 without its gamma; negative ones mirrored.
double to_linear(double channel);
/// From 8 bits for each of red, green and blue: 0xa4502f.
Colour colour_of(unsigned rgb, double alpha = 1);

/// The distance in OKLab, opacity left out; black and white are 1 apart.
double distance(const Colour& a, const Colour& b);

/// "#a4502f", opacity left out; what is outside of sRGB is clipped.
std::string hex_of(const Colour& colour);

/// The contrast ratio of WCAG 2.1, 1 to 21, opacity left out.
/// Source: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio
double contrast_ratio(const Colour& a, const Colour& b);

/// One of the 148 named colours, in any case.
std::optional<Colour> named_colour(std::string_view name);

/// The colour that these tokens are: hex of 3, 4, 6 or 8 digits, a name, `transparent`, rgb, rgba, hsl, hsla, hwb, lab,
/// lch, oklab, oklch, and color() with srgb, srgb-linear, display-p3, xyz and xyz-d65, with commas or blanks, `none` as
/// 0. Blanks around are left out. Nothing for all else, currentColor, color-mix() and calculations among them.
std::optional<Colour> read_colour(std::span<const CssToken> tokens);
std::optional<Colour> parse_colour(std::string_view text);

}  // namespace smbatcher
