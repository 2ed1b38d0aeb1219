#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libregistry/sites/css/style_sheet.h"
#include "libregistry/sites/html/page.h"
#include "libregistry/sites/url/local_url.h"

namespace smbatcher {

/// A text of style that stands in a page. For use inside libregistry/css.
struct InlineStyle {
  std::string property;       // of an attribute that is one value: "fill", "theme-color"; else empty
  bool is_attribute = false;  // declarations, no rules
  std::string text;
  std::size_t begin = 0;  // in bytes, in the page
  bool exact = false;     // the text stands there byte for byte
};

/// A style sheet that a page links.
struct LinkedSheet {
  std::string href;
  std::size_t begin = 0;  // of the link
};

/// What a page is to be looked at for.
struct PageStyles {
  std::vector<LinkedSheet> links;
  std::vector<InlineStyle> styles;
  UrlBase base;
  bool has_title = false;
  bool has_description = false;
  std::vector<std::string> slugs;  // of headings and ids: slug_of()
};

/// `<style>`, `style=`, the colours among the attributes of SVG and `<meta name=theme-color>`; links to style sheets.
PageStyles styles_of(const HtmlPage& page, const std::string& root, const std::string& path);

/// The families that an address of fonts.googleapis.com asks for; none for other addresses.
std::vector<std::string> font_families_of(const UrlBase& base, std::string_view href);

}  // namespace smbatcher
