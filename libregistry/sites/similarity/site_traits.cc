#include "libregistry/sites/similarity/site_traits.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sites/css/colour.h"
#include "libregistry/sites/css/style_values.h"
#include "libregistry/sites/css/variables.h"
#include "libregistry/sites/html/scan.h"
#include "libregistry/sites/similarity/words.h"

namespace smbatcher {
namespace {

/// Elements that say how a page is built.
constexpr auto kStructure = std::to_array<std::string_view>(
    {"article", "aside",  "blockquote", "details", "dialog", "dl",     "figure",  "footer", "form", "h1",
     "h2",      "header", "main",       "nav",     "ol",     "search", "section", "table",  "ul",   "video"});
static_assert(std::is_sorted(kStructure.begin(), kStructure.end()));

constexpr std::size_t kLongestReference = 32;

/// The doctype, and what else begins as it does, as blanks; comments are none of it.
void blank_declarations(std::string& text) {
  for (std::size_t at = text.find("<!"); at != std::string::npos; at = text.find("<!", at + 1)) {
    if (text.compare(at, 4, "<!--") == 0) {
      at = std::min(text.find("-->", at), text.size() - 1);
    } else {
      const std::size_t end = std::min(text.find('>', at), text.size() - 1);
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(end) + 1,
                ' ');
    }
  }
}

/// "&amp;" and other character references as blanks.
std::string without_references(std::string_view text) {
  std::string plain(text);
  for (std::size_t at = plain.find('&'); at != std::string::npos; at = plain.find('&', at + 1)) {
    const std::size_t end = plain.find(';', at);
    const auto is_name = [](char c) { return c == '#' || is_letter_or_digit(c); };
    if (end != std::string::npos && end - at <= kLongestReference &&
        std::all_of(plain.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                    plain.begin() + static_cast<std::ptrdiff_t>(end), is_name)) {
      std::fill(plain.begin() + static_cast<std::ptrdiff_t>(at), plain.begin() + static_cast<std::ptrdiff_t>(end) + 1,
                ' ');
    }
  }
  return plain;
}

/// What the sheets of a site declare, with the values of custom properties put in.
class Declared {
 public:
  void add(const VariableScope& scope, const CssDeclaration& declaration) {
    if (declaration.property.starts_with("--") || declaration.block == "font-face") {
      return;  // what is used counts
    }
    std::size_t choices = 1;
    for (std::size_t round = 0; round < std::min(choices, kMostChoices); ++round) {
      const ExpandedValue value = scope.expand(declaration.value, round);
      choices = value.choices;
      for (const ColourUse& use : colours_in(declaration.property, value.tokens)) {
        if (use.colour) {
          ++colours_[hex_of(*use.colour)];
        }
      }
      for (const FontUse& use : fonts_in(declaration.property, value.tokens)) {
        families_.push_back(use.family);
      }
    }
  }

  /// The most frequent first.
  std::vector<PaletteColour> palette() const {
    std::vector<std::pair<std::string, std::size_t>> colours(colours_.begin(), colours_.end());
    std::stable_sort(colours.begin(), colours.end(), [](const auto& x, const auto& y) { return x.second > y.second; });
    std::vector<PaletteColour> palette;
    for (const auto& [text, count] : colours) {
      add_colour(palette, text, *parse_colour(text));
    }
    return palette;
  }
  std::vector<std::string> fonts() const { return font_families(families_); }

 private:
  static constexpr std::size_t kMostChoices = 4;  // light, dark, and what else an author may want

  std::map<std::string, std::size_t> colours_;
  std::vector<std::string> families_;
};

}  // namespace

void SiteTraits::add_page(std::string_view html) {
  std::string text;
  std::string open;      // the element whose text is not text of the page
  std::string previous;  // of the page's structure
  std::size_t at = 0;
  scan_tags(html, [&](const ScannedTag& tag) {
    const std::string_view between = html.substr(at, tag.begin - at);
    if (open.empty()) {
      text.append(between).append(" ");
    } else if (open == "style") {
      add_style_sheet(between);
    }
    at = tag.end;
    const bool is_hidden = tag.name == "script" || tag.name == "style";
    if (tag.is_end) {
      open = tag.name == open ? "" : open;
    } else if (is_hidden && !tag.self_closing) {
      open = tag.name;
    } else if (std::binary_search(kStructure.begin(), kStructure.end(), std::string_view(tag.name))) {
      layout_.push_back(previous.empty() ? tag.name : previous + " " + tag.name);
      previous = tag.name;
    }
    return true;
  });
  if (open.empty()) {
    text.append(html.substr(std::min(at, html.size())));
  }
  blank_declarations(text);
  std::vector<std::string> words = words_of(without_references(text));
  words.resize(std::min(words.size(), kMostWords - words_.size()));
  words_.insert(words_.end(), std::make_move_iterator(words.begin()), std::make_move_iterator(words.end()));
}

void SiteTraits::add_style_sheet(std::string_view css) {
  sheets_.push_back(parse_style_sheet(css));
  for (const CssDeclaration& declaration : sheets_.back().declarations) {
    if (declaration.property == "display" && declaration.value.size() == 1) {
      if (const std::string value = to_lower(declaration.value[0].text); value == "grid" || value == "flex") {
        layout_.push_back(value);
      }
    }
  }
}

Traits SiteTraits::finish(const std::string& name) const {
  Traits traits;
  traits.name = name;
  traits.words = words_;
  traits.phrases = phrases_of(words_);
  VariableScope scope;
  for (const StyleSheet& sheet : sheets_) {
    scope.add(sheet);
  }
  Declared declared;
  for (const StyleSheet& sheet : sheets_) {
    for (const CssDeclaration& declaration : sheet.declarations) {
      declared.add(scope, declaration);
    }
  }
  traits.palette = declared.palette();
  traits.fonts = declared.fonts();
  traits.layout = layout_;
  std::sort(traits.layout.begin(), traits.layout.end());
  traits.layout.erase(std::unique(traits.layout.begin(), traits.layout.end()), traits.layout.end());
  return traits;
}

}  // namespace smbatcher
