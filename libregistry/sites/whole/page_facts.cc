#include "libregistry/sites/whole/page_facts.h"

#include <algorithm>
#include <array>

#include "libregistry/core/base/text.h"
#include "libregistry/core/base/text_places.h"
#include "libregistry/sites/css/tokens.h"
#include "libregistry/sites/html/page_rules.h"
#include "libregistry/sites/html/url_attributes.h"

namespace smbatcher {
namespace {

using Kind = SiteReference::Kind;

/// A <link> of one of these is not loaded: it says where something is.
constexpr auto kFollowed =
    std::to_array<std::string_view>({"alternate", "author", "canonical", "help", "license", "me", "next", "prev",
                                     "privacy-policy", "search", "terms-of-service"});

struct CssAddress {
  std::string url;
  std::size_t begin = 0;
};

/// What a style sheet loads: url(…), @import and the strings of image-set(…). Addresses of the page itself
/// (`url(#mask)`) are left out.
std::vector<CssAddress> addresses_in(std::string_view css) {
  using CssKind = CssToken::Kind;
  std::vector<CssAddress> found;
  std::vector<std::string> open;  // the functions and brackets around the token
  bool behind_import = false;
  bool is_namespace = false;
  for (const CssToken& token : tokenize_css(css)) {
    if (token.is(CssKind::kWhitespace)) {
      continue;
    }
    const std::string_view around = open.empty() ? std::string_view() : open.back();
    const bool takes_string =
        behind_import || around == "url" || around == "image-set" || around == "-webkit-image-set";
    const bool is_address = token.is(CssKind::kUrl) || (takes_string && token.is(CssKind::kString));
    if (is_address && !is_namespace && !token.text.starts_with('#')) {
      found.push_back({std::string(trim(token.text)), token.begin});
    }
    const std::string name = token.is(CssKind::kAtKeyword) || token.is(CssKind::kFunction) ? to_lower(token.text) : "";
    behind_import = token.is(CssKind::kAtKeyword) && name == "import";
    is_namespace = name == "namespace" || (is_namespace && !token.is(CssKind::kSemicolon));
    if (token.is(CssKind::kFunction)) {
      open.push_back(name);
    } else if (token.is(CssKind::kOpenParen)) {
      open.emplace_back();
    } else if (token.is(CssKind::kCloseParen) && !open.empty()) {
      open.pop_back();
    } else if (token.is(CssKind::kSemicolon) || token.is(CssKind::kOpenCurly) || token.is(CssKind::kCloseCurly)) {
      open.clear();  // a function that is not closed ends with its declaration
    }
  }
  return found;
}

/// "gone.html" of "30; url='gone.html'". Source:
/// https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-refresh
std::string_view refresh_address(std::string_view content) {
  constexpr std::string_view kBlanks = " \t\n\f\r";
  const auto skip = [&content](std::string_view what) {
    content.remove_prefix(std::min(content.find_first_not_of(what), content.size()));
  };
  skip(kBlanks);
  skip("0123456789.");
  skip(" \t\n\f\r;,");
  if (to_lower(content.substr(0, 3)) == "url") {
    std::string_view rest = content.substr(3);
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
    if (rest.starts_with('=')) {
      content = rest.substr(1);
      skip(kBlanks);
    }
  }
  if (content.starts_with('"') || content.starts_with('\'')) {
    return content.substr(1, content.find(content[0], 1) - 1);
  }
  return content;
}

class Facts {
 public:
  Facts(const HtmlPage& page, PageFacts& facts) : page_(&page), facts_(&facts) {}

  void add(const HtmlElement& element) {
    if (element.in_template || element.reconstructed) {
      return;
    }
    if (const HtmlAttribute* const id = element.find("id"); id != nullptr && !id->value.empty()) {
      facts_->ids.emplace(id->value);
    }
    if (element.is_html("a")) {
      if (const HtmlAttribute* const name = element.find("name"); name != nullptr) {
        facts_->ids.emplace(name->value);
      }
    }
    if (element.is_html("base") && !facts_->base) {
      const HtmlAttribute* const href = element.find("href");
      facts_->base = href == nullptr ? std::nullopt : std::optional<std::string>(href->value);
    }
    add_references(element);
  }

 private:
  void add_references(const HtmlElement& element) {
    for (const HtmlAttribute& attribute : element.attributes) {
      const UrlAttribute* const known = find_url_attribute(element.name, attribute.name);
      if (known != nullptr && known->use != UrlAttribute::Use::kNamed) {
        add_url(known->use == UrlAttribute::Use::kLoaded ? Kind::kResource : Kind::kLink, attribute.value, attribute);
      }
      if (attribute.name == "style") {
        add_css(attribute.value, attribute.value_at);
      }
      if (attribute.name == "srcset" || attribute.name == "imagesrcset") {
        add_candidates(attribute);
      }
    }
    if (element.is_html("link")) {
      add_link(element);
    }
    if (element.is_html("meta")) {
      add_meta(element);
    }
    if (element.name == "style") {
      add_css(page_->content(element), element.content_begin);
    }
  }

  void add_css(std::string_view css, std::size_t offset) {
    for (CssAddress& address : addresses_in(css)) {
      const TextPlace place = page_->place(offset + address.begin);
      facts_->references.push_back(
          {Kind::kResource, std::move(address.url), place.line, place.column, place.characters});
    }
  }

  void add_url(Kind kind, std::string_view url, const HtmlAttribute& attribute) {
    const TextPlace place = page_->place(attribute.value_at);
    facts_->references.push_back({kind, std::string(trim(url)), place.line, place.column, place.characters});
  }

  /// "a.png 1x, b.png 2x": an address may hold commas, but ends at a blank.
  void add_candidates(const HtmlAttribute& attribute) {
    bool is_descriptor = false;
    for (std::string_view word : words_in(attribute.value)) {
      const bool ends = word.ends_with(',');
      while (word.ends_with(',')) {
        word.remove_suffix(1);
      }
      if (!is_descriptor && !word.empty()) {
        add_url(Kind::kResource, word, attribute);
      }
      is_descriptor = !ends;
    }
  }

  void add_link(const HtmlElement& link) {
    const HtmlAttribute* const href = link.find("href");
    const HtmlAttribute* const rel = link.find("rel");
    if (href == nullptr || rel == nullptr) {
      return;
    }
    bool is_loaded = false;
    const std::string lower = to_lower(rel->value);
    for (const std::string_view word : words_in(lower)) {
      is_loaded = is_loaded || std::find(kFollowed.begin(), kFollowed.end(), word) == kFollowed.end();
    }
    if (lower == "canonical" && !facts_->canonical) {
      facts_->canonical = std::string(href->value);
    }
    // An alternate style sheet is one.
    add_url(is_loaded ? Kind::kResource : Kind::kLink, href->value, *href);
  }

  void add_meta(const HtmlElement& meta) {
    const HtmlAttribute* const what = meta.find("http-equiv");
    const HtmlAttribute* const content = meta.find("content");
    if (what == nullptr || content == nullptr || to_lower(what->value) != "refresh") {
      return;
    }
    if (const std::string_view url = refresh_address(content->value); !trim(url).empty()) {
      add_url(Kind::kLink, url, *content);
    }
  }

  const HtmlPage* page_;
  PageFacts* facts_;
};

}  // namespace

PageFacts facts_of(const HtmlPage& page, std::string path) {
  PageFacts facts;
  facts.path = std::move(path);
  Facts collect(page, facts);
  for (const HtmlElement& element : page.elements()) {
    collect.add(element);
  }
  return facts;
}

PageFacts facts_of_style_sheet(std::string_view text, std::string path) {
  PageFacts facts;
  facts.path = std::move(path);
  facts.is_page = false;
  const TextPlaces places(text);
  for (CssAddress& address : addresses_in(text)) {
    const TextPlace place = places.at(address.begin);
    facts.references.push_back({Kind::kResource, std::move(address.url), place.line, place.column, place.characters});
  }
  return facts;
}

}  // namespace smbatcher
