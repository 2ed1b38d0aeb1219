#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/css/colour.h"

namespace smbatcher {
namespace {

using Kind = CssToken::Kind;
using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

// Source: CSS Color Module Level 4, section 18, "Sample code for color conversions".
constexpr Matrix kXyzToRgb{{{12831.0 / 3959, -329.0 / 214, -1974.0 / 3959},
                            {-851781.0 / 878810, 1648619.0 / 878810, 36519.0 / 878810},
                            {705.0 / 12673, -2585.0 / 12673, 705.0 / 667}}};
constexpr Matrix kP3ToXyz{{{608311.0 / 1250200, 189793.0 / 714400, 198249.0 / 1000160},
                           {35783.0 / 156275, 247089.0 / 357200, 198249.0 / 2500400},
                           {0, 32229.0 / 714400, 5220557.0 / 5000800}}};
constexpr Matrix kD50ToD65{{{0.955473421488075, -0.02309845494876471, 0.06325924320057072},
                            {-0.0283697093338637, 1.0099953980813041, 0.021041441191917323},
                            {0.012314014864481998, -0.020507649298898964, 1.330365926242124}}};

Vector product(const Matrix& matrix, const Vector& vector) {
  Vector result{};
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = matrix[i][0] * vector[0] + matrix[i][1] * vector[1] + matrix[i][2] * vector[2];
  }
  return result;
}

LinearRgb linear(const Vector& rgb) { return {to_linear(rgb[0]), to_linear(rgb[1]), to_linear(rgb[2])}; }

/// One number of a colour function.
struct Component {
  enum class Unit { kNumber, kPercentage, kDegrees } unit = Unit::kNumber;
  double value = 0;

  /// A percentage as its part of `whole`.
  double of(double whole) const { return unit == Unit::kPercentage ? value / 100 * whole : value; }
  double clamped(double whole) const { return std::clamp(of(whole), 0.0, whole); }
  /// Of what is meant in hundredths, with or without its sign.
  double hundredths() const { return value / 100; }
};

struct Arguments {
  std::string space;  // of color()
  std::vector<Component> components;
  double alpha = 1;
};

std::optional<double> degrees(const CssToken& token) {
  constexpr std::array<std::pair<std::string_view, double>, 4> kUnits{
      {{"deg", 1}, {"grad", 0.9}, {"rad", 180 / std::numbers::pi}, {"turn", 360}}};
  const std::string unit = to_lower(token.text);
  for (const auto& [name, factor] : kUnits) {
    if (unit == name) {
      return std::clamp(token.number * factor, -1e6, 1e6);
    }
  }
  return std::nullopt;
}

std::optional<Component> read_component(const CssToken& token) {
  const double number = std::clamp(token.number, -1e6, 1e6);  // what follows stays finite
  switch (token.kind) {
    case Kind::kNumber:
      return Component{Component::Unit::kNumber, number};
    case Kind::kPercentage:
      return Component{Component::Unit::kPercentage, number};
    case Kind::kDimension:
      if (const auto angle = degrees(token)) {
        return Component{Component::Unit::kDegrees, *angle};
      }
      return std::nullopt;
    case Kind::kIdent:
      return to_lower(token.text) == "none" ? std::optional(Component{}) : std::nullopt;
    default:
      return std::nullopt;
  }
}

/// "1 2 3 / 4", "1, 2, 3" and "1, 2, 3, 4".
std::optional<Arguments> read_arguments(std::span<const CssToken> tokens, bool has_space) {
  Arguments arguments;
  bool alpha_follows = false;
  bool has_commas = false;
  std::size_t alphas = 0;
  for (const CssToken& token : tokens) {
    if (token.is(Kind::kWhitespace) || token.is(Kind::kComma)) {
      has_commas = has_commas || token.is(Kind::kComma);
      continue;
    }
    if (token.is_delim('/') && arguments.components.size() == 3 && !alpha_follows) {
      alpha_follows = true;
      continue;
    }
    if (has_space && arguments.space.empty() && token.is(Kind::kIdent)) {
      arguments.space = to_lower(token.text);
      continue;
    }
    const auto component = read_component(token);
    const bool is_surplus = arguments.components.size() == 3 && (alphas > 0 || !(alpha_follows || has_commas));
    if (!component || is_surplus) {
      return std::nullopt;
    }
    if (arguments.components.size() == 3) {
      arguments.alpha = component->clamped(1);
      ++alphas;
    } else {
      arguments.components.push_back(*component);
    }
  }
  if (arguments.components.size() != 3 || (alpha_follows && alphas == 0)) {
    return std::nullopt;
  }
  return arguments;
}

/// Of the hue in degrees, without saturation. Source: CSS Color 4, sections 7.1 and 8.1.
Vector hsl_to_rgb(double hue, double saturation, double lightness) {
  hue = std::fmod(std::fmod(hue, 360) + 360, 360);
  const auto channel = [&](double n) {
    const double k = std::fmod(n + hue / 30, 12);
    const double chroma = saturation * std::min(lightness, 1 - lightness);
    return lightness - chroma * std::max(-1.0, std::min({k - 3, 9 - k, 1.0}));
  };
  return {channel(0), channel(8), channel(4)};
}

Colour from_lab(double lightness, double a, double b, double alpha) {
  constexpr double kKappa = 24389.0 / 27;
  constexpr double kEpsilon = 216.0 / 24389;
  constexpr Vector kWhite{0.3457 / 0.3585, 1, (1.0 - 0.3457 - 0.3585) / 0.3585};
  const double fy = (lightness + 16) / 116;
  const double fx = a / 500 + fy;
  const double fz = fy - b / 200;
  const auto part = [](double f) { return f * f * f > kEpsilon ? f * f * f : (116 * f - 16) / kKappa; };
  const double y = lightness > kKappa * kEpsilon ? fy * fy * fy : lightness / kKappa;
  const Vector xyz{part(fx) * kWhite[0], y * kWhite[1], part(fz) * kWhite[2]};
  return colour_of(product(kXyzToRgb, product(kD50ToD65, xyz)), alpha);
}

std::pair<double, double> polar(double chroma, double hue) {
  const double radians = hue * std::numbers::pi / 180;
  return {chroma * std::cos(radians), chroma * std::sin(radians)};
}

std::optional<Colour> in_space(const Arguments& arguments) {
  Vector values{};
  std::transform(arguments.components.begin(), arguments.components.end(), values.begin(),
                 [](const Component& component) { return component.of(1); });
  if (arguments.space == "srgb") {
    return colour_of(linear(values), arguments.alpha);
  }
  if (arguments.space == "srgb-linear") {
    return colour_of(values, arguments.alpha);
  }
  if (arguments.space == "display-p3") {
    return colour_of(product(kXyzToRgb, product(kP3ToXyz, linear(values))), arguments.alpha);
  }
  if (arguments.space == "xyz" || arguments.space == "xyz-d65") {
    return colour_of(product(kXyzToRgb, values), arguments.alpha);
  }
  return std::nullopt;
}

std::optional<Colour> from_function(std::string_view name, const Arguments& arguments) {
  const Component& first = arguments.components[0];
  const Component& second = arguments.components[1];
  const Component& third = arguments.components[2];
  if (name == "rgb" || name == "rgba") {
    return colour_of(linear(Vector{first.clamped(255) / 255, second.clamped(255) / 255, third.clamped(255) / 255}),
                     arguments.alpha);
  }
  if (name == "hsl" || name == "hsla") {
    const double saturation = std::clamp(second.hundredths(), 0.0, 1.0);
    return colour_of(linear(hsl_to_rgb(first.value, saturation, std::clamp(third.hundredths(), 0.0, 1.0))),
                     arguments.alpha);
  }
  if (name == "hwb") {
    const double white = std::clamp(second.hundredths(), 0.0, 1.0);
    const double black = std::clamp(third.hundredths(), 0.0, 1.0);
    Vector rgb = hsl_to_rgb(first.value, 1, 0.5);
    for (double& channel : rgb) {
      channel = white + black >= 1 ? white / (white + black) : channel * (1 - white - black) + white;
    }
    return colour_of(linear(rgb), arguments.alpha);
  }
  if (name == "lab") {
    return from_lab(first.clamped(100), second.of(125), third.of(125), arguments.alpha);
  }
  if (name == "lch") {
    const auto [a, b] = polar(std::max(second.of(150), 0.0), third.value);
    return from_lab(first.clamped(100), a, b, arguments.alpha);
  }
  if (name == "oklab") {
    return Colour{first.clamped(1), second.of(0.4), third.of(0.4), arguments.alpha};
  }
  if (name == "oklch") {
    const auto [a, b] = polar(std::max(second.of(0.4), 0.0), third.value);
    return Colour{first.clamped(1), a, b, arguments.alpha};
  }
  return name == "color" ? in_space(arguments) : std::nullopt;
}

std::optional<Colour> from_hex(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) {
    const bool is_letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if ((c < '0' || c > '9') && !is_letter) {
      return std::nullopt;
    }
    value = digits.size() <= 8 ? value * 16 + static_cast<unsigned>(is_letter ? (c | 0x20) - 'a' + 10 : c - '0') : 0;
  }
  const auto doubled = [value](unsigned digit) { return ((value >> (4 * digit)) & 0xFU) * 0x11U; };
  switch (digits.size()) {
    case 3:
      return colour_of(doubled(2) << 16U | doubled(1) << 8U | doubled(0));
    case 4:
      return colour_of(doubled(3) << 16U | doubled(2) << 8U | doubled(1), doubled(0) / 255.0);
    case 6:
      return colour_of(value);
    case 8:
      return colour_of(value >> 8U, (value & 0xFFU) / 255.0);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Colour> read_colour(std::span<const CssToken> tokens) {
  while (!tokens.empty() && tokens.front().is(Kind::kWhitespace)) {
    tokens = tokens.subspan(1);
  }
  while (!tokens.empty() && tokens.back().is(Kind::kWhitespace)) {
    tokens = tokens.first(tokens.size() - 1);
  }
  if (tokens.empty()) {
    return std::nullopt;
  }
  const CssToken& first = tokens.front();
  if (first.is(Kind::kFunction)) {
    const std::string name = to_lower(first.text);
    const bool is_closed = tokens.back().is(Kind::kCloseParen);  // the end of the text closes it too
    const auto inside = tokens.subspan(1, tokens.size() - (is_closed ? 2 : 1));
    const auto arguments = read_arguments(inside, name == "color");
    return arguments ? from_function(name, *arguments) : std::nullopt;
  }
  if (tokens.size() > 1) {
    return std::nullopt;
  }
  if (first.is(Kind::kHash)) {
    return from_hex(first.text);
  }
  if (!first.is(Kind::kIdent)) {
    return std::nullopt;
  }
  return to_lower(first.text) == "transparent" ? colour_of(0U, 0) : named_colour(first.text);
}

std::optional<Colour> parse_colour(std::string_view text) {
  const std::vector<CssToken> tokens = tokenize_css(text);
  return read_colour(tokens);
}

}  // namespace smbatcher
