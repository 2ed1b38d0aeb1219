#include "libregistry/sites/css/page_styles.h"

#include <algorithm>
#include <array>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/css/design_values.h"
#include "libregistry/sites/scripts/page_scripts.h"
#include "libregistry/sites/url/percent.h"

namespace smbatcher {
namespace {

constexpr std::array<std::string_view, 6> kSvgColours{"fill",        "stroke",         "stop-color",
                                                      "flood-color", "lighting-color", "color"};

bool has_word(std::string_view words, std::string_view wanted) {
  const std::string lower = " " + to_lower(words) + " ";
  std::string plain;
  std::transform(lower.begin(), lower.end(), std::back_inserter(plain),
                 [](char c) { return c == '\t' || c == '\n' || c == '\f' || c == '\r' ? ' ' : c; });
  return plain.find(" " + std::string(wanted) + " ") != std::string::npos;
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\n\f\r") == std::string_view::npos; }

std::string_view value_of(const HtmlElement& element, std::string_view attribute) {
  const HtmlAttribute* const found = element.find(attribute);
  return found == nullptr ? std::string_view() : found->value;
}

/// Whether what the element loads or holds is for printed pages alone. Loaded so without a hurry, and meant for all
/// media once it is there (`onload="this.media='all'"`), it is not.
bool is_print_only(const HtmlElement& element) {
  const HtmlAttribute* const media = element.find("media");
  return media != nullptr && is_for_print_only(media->value) && element.find("onload") == nullptr;
}

InlineStyle style_in(const HtmlPage& page, const HtmlAttribute& attribute, std::string property) {
  const bool exact =
      page.bytes().substr(std::min(attribute.value_at, page.bytes().size())).starts_with(attribute.value);
  return {std::move(property), true, std::string(attribute.value), attribute.value_at, exact};
}

class Collector {
 public:
  Collector(const HtmlPage& page, PageStyles& found) : page_(page), found_(found) {}

  void add(const HtmlElement& element) {
    const std::string slug = slug_of(value_of(element, "id"));
    if (!slug.empty()) {
      found_.slugs.push_back(slug);
    }
    add_attributes(element);
    if (element.name == "style") {
      add_sheet(element);
    } else if (element.is_html("link")) {
      add_link(element);
    } else if (element.is_html("meta")) {
      add_meta(element);
    } else if (element.is_html("title")) {
      found_.has_title = found_.has_title || !is_blank(page_.text(element));
    } else if (element.space == HtmlElement::Space::kHtml && element.name.size() == 2 && element.name[0] == 'h' &&
               element.name[1] >= '1' && element.name[1] <= '6') {
      found_.slugs.push_back(slug_of(page_.text(element)));
    }
  }

 private:
  void add_attributes(const HtmlElement& element) {
    for (const HtmlAttribute& attribute : element.attributes) {
      const std::string name = to_lower(attribute.name);
      const bool is_colour = element.space == HtmlElement::Space::kSvg &&
                             std::find(kSvgColours.begin(), kSvgColours.end(), name) != kSvgColours.end();
      if (name == "style") {
        found_.styles.push_back(style_in(page_, attribute, ""));
      } else if (is_colour || (element.space == HtmlElement::Space::kSvg && name == "font-family")) {
        found_.styles.push_back(style_in(page_, attribute, name));
      }
    }
  }

  void add_sheet(const HtmlElement& element) {
    const std::string type = to_lower(value_of(element, "type"));
    if ((!type.empty() && type != "text/css") || is_print_only(element)) {
      return;
    }
    if (element.space == HtmlElement::Space::kHtml) {
      found_.styles.push_back({"", false, std::string(page_.content(element)), element.content_begin, true});
      return;
    }
    const std::string text = page_.text(element);  // in SVG, character references count
    const bool exact = page_.content(element).starts_with(text);
    found_.styles.push_back({"", false, text, element.content_begin, exact});
  }

  void add_link(const HtmlElement& element) {
    const HtmlAttribute* const href = element.find("href");
    if (href != nullptr && has_word(value_of(element, "rel"), "stylesheet") && !is_print_only(element)) {
      found_.links.push_back({std::string(href->value), element.begin});
    }
  }

  void add_meta(const HtmlElement& element) {
    const std::string name = to_lower(value_of(element, "name"));
    const HtmlAttribute* const content = element.find("content");
    if (content != nullptr && name == "theme-color") {
      found_.styles.push_back(style_in(page_, *content, name));
    }
    found_.has_description =
        found_.has_description || (name == "description" && !is_blank(value_of(element, "content")));
  }

  const HtmlPage& page_;
  PageStyles& found_;
};

}  // namespace

PageStyles styles_of(const HtmlPage& page, const std::string& root, const std::string& path) {
  PageStyles found;
  found.base = base_of(page, root, path);
  Collector collector(page, found);
  for (const HtmlElement& element : page.elements()) {
    if (!element.reconstructed) {
      collector.add(element);
    }
  }
  return found;
}

std::vector<std::string> font_families_of(const UrlBase& base, std::string_view href) {
  std::vector<std::string> families;
  const auto url = parse_url(href, &base.url);
  if (!url || url->host != "fonts.googleapis.com") {
    return families;
  }
  const std::string query = "&" + url->query.value_or("");
  constexpr std::string_view kKey = "&family=";
  for (std::size_t at = query.find(kKey); at != std::string::npos; at = query.find(kKey, at)) {
    at += kKey.size();
    std::string names = query.substr(at, query.find('&', at) - at);
    std::replace(names.begin(), names.end(), '+', ' ');
    names = percent_decoded(names) + '|';  // how the older of the two interfaces separates them
    for (std::size_t begin = 0, end = 0; (end = names.find('|', begin)) != std::string::npos; begin = end + 1) {
      if (std::string family = names.substr(begin, std::min(names.find(':', begin), end) - begin); !family.empty()) {
        families.push_back(std::move(family));
      }
    }
  }
  return families;
}

}  // namespace smbatcher
