#include "libregistry/sites/css/design_values.h"

#include <algorithm>
#include <utility>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sites/css/style_values.h"

namespace smbatcher {

std::vector<DesignColour> palette_of(const DesignDocument& design) {
  std::vector<DesignColour> palette;
  for (const NamedTexts& named : design.fields.palette) {
    for (const std::string& text : named.texts) {
      palette.push_back({named.name, text, named.line, parse_colour(text)});
    }
  }
  return palette;
}

std::vector<DesignFont> fonts_of(const DesignDocument& design) {
  std::vector<DesignFont> fonts;
  for (const NamedTexts& named : design.fields.fonts) {
    std::vector<DesignFont> of_use;
    for (const std::string& text : named.texts) {
      std::size_t begin = 0;
      while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        std::string family(trim(std::string_view(text).substr(begin, end - begin)));
        if (family.size() >= 2 && family.front() == family.back() && (family[0] == '"' || family[0] == '\'')) {
          family = family.substr(1, family.size() - 2);
        }
        if (!family.empty()) {
          const bool is_generic = is_generic_font(family);
          of_use.push_back({std::move(family), named.line, is_generic, true});
        }
        begin = end + 1;
      }
    }
    for (DesignFont& font : of_use) {
      font.stands_alone = of_use.size() == 1;
      fonts.push_back(std::move(font));
    }
  }
  return fonts;
}

std::string slug_of(std::string_view text) {
  std::string slug;
  for (const char c : to_lower(text)) {
    const bool is_kept = is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80;
    if (is_kept) {
      slug += c;
    } else if (!slug.empty() && slug.back() != '-') {
      slug += '-';
    }
  }
  if (slug.ends_with('-')) {
    slug.pop_back();
  }
  return slug;
}

std::vector<DesignSection> sections_of(const DesignDocument& design) {
  std::vector<DesignSection> sections;
  for (const YamlEntry& entry : design.fields.all.entries) {
    if (entry.key == "sections" && entry.value.kind == YamlValue::Kind::kList) {
      for (const YamlValue& item : entry.value.items) {
        if (item.kind == YamlValue::Kind::kScalar && !slug_of(item.scalar).empty()) {
          sections.push_back({item.scalar, item.line});
        }
      }
      return sections;
    }
  }
  const std::vector<DocumentSection> content = design.section("Content");
  for (const DocumentSection& section : content) {
    if (section.level == content.front().level + 1 && !slug_of(section.heading).empty()) {
      sections.push_back({section.heading, section.line});
    }
  }
  return sections;
}

std::string describe(const DesignColour& colour) {
  return colour.name.empty() ? colour.text : "'" + colour.name + "' " + colour.text;
}

}  // namespace smbatcher
