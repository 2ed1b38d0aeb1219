#include "libregistry/sites/css/style_values.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/css/variables.h"

namespace smbatcher {
namespace {

using Kind = CssToken::Kind;

template <std::size_t kSize>
bool is_one_of(const std::array<std::string_view, kSize>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_colour_function(std::string_view name) {
  constexpr std::array<std::string_view, 10> kNames{"rgb", "rgba", "hsl",   "hsla",  "hwb",
                                                    "lab", "lch",  "oklab", "oklch", "color"};
  return is_one_of(kNames, name);
}

/// Whether a word such as "tan" is a colour there.
bool takes_names(std::string_view property) {
  constexpr std::array<std::string_view, 5> kNot{"color-scheme", "color-interpolation", "color-interpolation-filters",
                                                 "print-color-adjust", "forced-color-adjust"};
  constexpr std::array<std::string_view, 15> kBegins{
      "background", "border",      "outline",    "text-shadow", "box-shadow",      "filter",        "backdrop-", "fill",
      "stroke",     "column-rule", "text-decor", "text-emphas", "list-style-imag", "-webkit-text-", "caret"};
  if (is_one_of(kNot, property)) {
    return false;
  }
  return property.find("color") != std::string_view::npos ||
         std::any_of(kBegins.begin(), kBegins.end(), [property](auto begin) { return property.starts_with(begin); });
}

/// `rgb(from …)`
bool is_relative(const std::vector<CssToken>& value, std::size_t function) {
  std::size_t next = function + 1;
  while (next < value.size() && value[next].is(Kind::kWhitespace)) {
    ++next;
  }
  return next < value.size() && value[next].is(Kind::kIdent) && to_lower(value[next].text) == "from";
}

bool is_keyword(std::string_view word) {
  constexpr std::array<std::string_view, 5> kWords{"inherit", "initial", "unset", "revert", "revert-layer"};
  return is_one_of(kWords, to_lower(word));
}

/// One family: a text in quotes, or words with blanks between.
std::optional<FontUse> read_family(const std::vector<CssToken>& value, std::size_t begin, std::size_t end) {
  FontUse font;
  bool is_quoted = false;
  for (std::size_t i = begin; i < end; ++i) {
    if (value[i].is(Kind::kWhitespace)) {
      continue;
    }
    if (!value[i].is(Kind::kIdent) && !value[i].is(Kind::kString)) {
      return std::nullopt;
    }
    if (font.family.empty()) {
      font.at = value[i];
    }
    is_quoted = is_quoted || value[i].is(Kind::kString);
    font.family += (font.family.empty() ? "" : " ") + value[i].text;
  }
  if (font.family.empty() || (!is_quoted && is_keyword(font.family))) {
    return std::nullopt;
  }
  font.is_generic = !is_quoted && is_generic_font(font.family);
  return font;
}

std::vector<FontUse> families_in(const std::vector<CssToken>& value, std::size_t begin) {
  std::vector<FontUse> fonts;
  bool is_first = true;
  for (std::size_t at = begin; at < value.size();) {
    std::size_t end = at;
    while (end < value.size() && !value[end].is(Kind::kComma)) {
      end = end_of_component(value, end);
    }
    if (auto font = read_family(value, at, end)) {
      font->is_first = is_first;
      fonts.push_back(std::move(*font));
    }
    is_first = false;
    at = end + 1;
  }
  return fonts;
}

/// Whether this begins the size in `font`: what stands before it are style, variant, weight and stretch, and a weight
/// is a plain number.
bool is_size(const CssToken& token) {
  constexpr std::array<std::string_view, 11> kSizes{"xx-small", "x-small",   "small",  "medium",  "large", "x-large",
                                                    "xx-large", "xxx-large", "larger", "smaller", "math"};
  switch (token.kind) {
    case Kind::kDimension: {
      const std::string unit = to_lower(token.text);
      return unit != "deg" && unit != "grad" && unit != "rad" && unit != "turn";  // of `oblique 10deg`
    }
    case Kind::kPercentage:
    case Kind::kFunction:
      return true;
    case Kind::kNumber:
      return token.number == 0;
    case Kind::kIdent:
      return is_one_of(kSizes, to_lower(token.text));
    default:
      return false;
  }
}

/// The index behind size and line height; the end where there is no size.
std::size_t behind_size(const std::vector<CssToken>& value) {
  std::size_t at = 0;
  while (at < value.size() && !is_size(value[at])) {
    at = end_of_component(value, at);
  }
  if (at == value.size()) {
    return at;
  }
  const auto skip_blanks = [&value](std::size_t index) {
    while (index < value.size() && value[index].is(Kind::kWhitespace)) {
      ++index;
    }
    return index;
  };
  at = end_of_component(value, at);
  const std::size_t slash = skip_blanks(at);
  if (slash < value.size() && value[slash].is_delim('/')) {
    const std::size_t height = skip_blanks(slash + 1);
    at = height < value.size() ? end_of_component(value, height) : height;
  }
  return at;
}

}  // namespace

std::vector<ColourUse> colours_in(std::string_view property, const std::vector<CssToken>& value) {
  std::vector<ColourUse> uses;
  if (property.starts_with("mask") || property.starts_with("-webkit-mask")) {
    return uses;
  }
  const bool takes_words = takes_names(property);
  const auto add = [&](std::size_t begin, std::size_t end) {
    const auto colour = read_colour(std::span(value).subspan(begin, end - begin));
    if (!colour || colour->alpha > 0) {
      uses.push_back({colour, value[begin], value[end - 1]});
    }
  };
  for (std::size_t i = 0; i < value.size(); ++i) {
    const CssToken& token = value[i];
    const bool is_name = token.is(Kind::kIdent) && takes_words && named_colour(token.text);
    if (token.is(Kind::kHash) || is_name) {
      add(i, i + 1);
    } else if (token.is(Kind::kFunction)) {
      const std::string name = to_lower(token.text);
      if (is_colour_function(name) && !is_relative(value, i)) {
        const std::size_t end = end_of_component(value, i);
        add(i, end);
        i = end - 1;
      } else if (name == "var" || name == "url" || name == "attr" || name == "env") {
        i = end_of_component(value, i) - 1;
      }
    }
  }
  return uses;
}

std::vector<FontUse> fonts_in(std::string_view property, const std::vector<CssToken>& value) {
  if (property == "font-family") {
    return families_in(value, 0);
  }
  return property == "font" ? families_in(value, behind_size(value)) : std::vector<FontUse>();
}

bool is_generic_font(std::string_view family) {
  constexpr std::array<std::string_view, 15> kGeneric{
      "serif",     "sans-serif", "monospace",     "cursive",       "fantasy",
      "system-ui", "ui-serif",   "ui-sans-serif", "ui-monospace",  "ui-rounded",
      "math",      "emoji",      "fangsong",      "-apple-system", "blinkmacsystemfont"};
  return is_one_of(kGeneric, to_lower(family));
}

}  // namespace smbatcher
