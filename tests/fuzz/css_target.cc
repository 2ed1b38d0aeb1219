#include <cmath>

#include "libregistry/sites/css/style_sheet.h"
#include "libregistry/sites/css/style_values.h"
#include "libregistry/sites/css/tokens.h"
#include "libregistry/sites/css/variables.h"
#include "tests/fuzz/target.h"

// Style sheets: tokens, declarations, colours and variables.
namespace smbatcher::test {
namespace {

/// Tokens are in order, none is empty, and between them are comments only.
std::string cuts_badly(std::string_view input) {
  std::size_t at = 0;
  const auto is_comments = [&](std::size_t end) {
    while (at < end && input.substr(at).starts_with("/*")) {
      const std::size_t close = input.find("*/", at + 2);
      at = close == std::string_view::npos ? input.size() : close + 2;
    }
    return at == end;
  };
  for (const CssToken& token : tokenize_css(input)) {
    if (token.begin >= token.end || token.end > input.size()) {
      return "tokenize_css: a token is empty or ends behind the text";
    }
    if (!is_comments(token.begin)) {
      return "tokenize_css: bytes that are no comment belong to no token, from " + std::to_string(at) + " on";
    }
    if (!std::isfinite(token.number)) {
      return "tokenize_css: a number is not finite";
    }
    at = token.end;
  }
  return is_comments(input.size()) ? "" : "tokenize_css: the end belongs to no token";
}

bool is_hex(const std::string& text) {
  return text.size() == 7 && text[0] == '#' && text.find_first_not_of("0123456789abcdef", 1) == std::string::npos;
}

std::string colours_badly(const Colour& colour) {
  const auto again = parse_colour(hex_of(colour));
  if (!is_hex(hex_of(colour)) || !again || hex_of(*again) != hex_of(colour)) {
    return "hex_of: '" + hex_of(colour) + "' is another colour when it is read";
  }
  const double apart = distance(colour, *again);
  const double contrast = contrast_ratio(colour, *again);
  if (!std::isfinite(apart) || !(contrast >= 1 && contrast <= 21.0001) || !(colour.alpha >= 0 && colour.alpha <= 1)) {
    return "a colour cannot be compared: " + std::to_string(apart) + " " + std::to_string(contrast);
  }
  return "";
}

std::string reads_badly(const StyleSheet& sheet, std::string_view input) {
  VariableScope scope;
  scope.add(sheet);
  std::size_t left = 2000;  // variables may multiply what a short text says
  for (const CssDeclaration& declaration : sheet.declarations) {
    if (declaration.property.empty() && declaration.block != "property") {
      return "parse_style_sheet: a declaration without a property";
    }
    if (declaration.begin >= input.size() || left-- == 0) {
      return declaration.begin >= input.size() ? "parse_style_sheet: a declaration behind the text" : "";
    }
    const ExpandedValue value = scope.expand(declaration.value, 1);
    if (value.tokens.size() > 40'000) {
      return "expand: more tokens than are allowed";
    }
    for (const ColourUse& use : colours_in(declaration.property, value.tokens)) {
      std::string broken = use.colour ? colours_badly(*use.colour) : "";
      if (!broken.empty()) {
        return broken;
      }
    }
    for (const FontUse& use : fonts_in(declaration.property, value.tokens)) {
      if (use.family.empty() && use.at.kind != CssToken::Kind::kString) {
        return "fonts_in: a family without a name";
      }
    }
  }
  for (const CssFault& fault : sheet.faults) {
    if (fault.begin >= input.size()) {
      return "parse_style_sheet: a fault behind the text";
    }
  }
  return "";
}

}  // namespace

std::string broken_promise(std::string_view input) {
  std::string broken = cuts_badly(input);
  if (broken.empty()) {
    broken = reads_badly(parse_style_sheet(input), input);
  }
  if (broken.empty()) {
    broken = reads_badly(parse_style_attribute(input), input);
  }
  if (const auto colour = parse_colour(input); colour && broken.empty()) {
    broken = colours_badly(*colour);
  }
  return broken;
}

}  // namespace smbatcher::test
