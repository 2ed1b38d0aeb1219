#include "libregistry/sites/css/colour.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace smbatcher {
namespace {

double from_linear(double value) {
  return value <= 0.0031308 ? value * 12.92 : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
}

double luminance(const Colour& colour) {
  const LinearRgb rgb = linear_rgb(colour);
  const auto clipped = [&rgb](std::size_t i) { return std::clamp(rgb[i], 0.0, 1.0); };
  return 0.2126 * clipped(0) + 0.7152 * clipped(1) + 0.0722 * clipped(2);
}

}  // namespace

double to_linear(double channel) {
  const double size = std::abs(channel);
  return size <= 0.04045 ? channel / 12.92 : std::copysign(std::pow((size + 0.055) / 1.055, 2.4), channel);
}

// The matrices are Björn Ottosson's, as in CSS Color 4, section 10: https://bottosson.github.io/posts/oklab/
Colour colour_of(const LinearRgb& rgb, double alpha) {
  const auto [red, green, blue] = rgb;
  const double l = std::cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const double m = std::cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const double s = std::cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s, alpha};
}

LinearRgb linear_rgb(const Colour& colour) {
  const auto cube = [](double value) { return value * value * value; };
  const double l = cube(colour.lightness + 0.3963377774 * colour.a + 0.2158037573 * colour.b);
  const double m = cube(colour.lightness - 0.1055613458 * colour.a - 0.0638541728 * colour.b);
  const double s = cube(colour.lightness - 0.0894841775 * colour.a - 1.2914855480 * colour.b);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

Colour colour_of(unsigned rgb, double alpha) {
  const auto channel = [rgb](unsigned shift) { return to_linear(((rgb >> shift) & 0xFFU) / 255.0); };
  return colour_of(LinearRgb{channel(16), channel(8), channel(0)}, alpha);
}

double distance(const Colour& a, const Colour& b) {
  return std::hypot(a.lightness - b.lightness, a.a - b.a, a.b - b.b);
}

std::string hex_of(const Colour& colour) {
  const LinearRgb rgb = linear_rgb(colour);
  std::string text = "#";
  for (const double channel : rgb) {
    const double value = std::clamp(std::round(from_linear(std::clamp(channel, 0.0, 1.0)) * 255), 0.0, 255.0);
    std::array<char, 4> digits{};
    (void)std::snprintf(digits.data(), digits.size(), "%02x", static_cast<unsigned>(value));
    text += digits.data();
  }
  return text;
}

double contrast_ratio(const Colour& a, const Colour& b) {
  const auto [darker, lighter] = std::minmax({luminance(a), luminance(b)});
  return (lighter + 0.05) / (darker + 0.05);
}

}  // namespace smbatcher
