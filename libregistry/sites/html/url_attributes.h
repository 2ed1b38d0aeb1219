#pragma once

#include <array>
#include <string_view>

namespace smbatcher {

/// An attribute that holds an address. Source: https://html.spec.whatwg.org, "Attributes", and SVG 2, "Linking".
struct UrlAttribute {
  enum class Use {
    kLoaded,    // with the page
    kFollowed,  // by somebody who clicks
    kNamed,     // by nobody: a name or a source
  };
  std::string_view element;  // "*": any
  std::string_view attribute;
  Use use;
  bool may_be_empty;
  bool is_list;  // several, with blanks between
};

inline constexpr auto kUrlAttributes = std::to_array<UrlAttribute>({
    {"a", "href", UrlAttribute::Use::kFollowed, true, false},
    {"a", "ping", UrlAttribute::Use::kNamed, false, true},
    {"a", "xlink:href", UrlAttribute::Use::kFollowed, true, false},
    {"area", "href", UrlAttribute::Use::kFollowed, true, false},
    {"area", "ping", UrlAttribute::Use::kNamed, false, true},
    {"audio", "src", UrlAttribute::Use::kLoaded, false, false},
    {"base", "href", UrlAttribute::Use::kNamed, true, false},
    {"blockquote", "cite", UrlAttribute::Use::kNamed, true, false},
    {"button", "formaction", UrlAttribute::Use::kFollowed, false, false},
    {"del", "cite", UrlAttribute::Use::kNamed, true, false},
    {"embed", "src", UrlAttribute::Use::kLoaded, false, false},
    {"feimage", "href", UrlAttribute::Use::kLoaded, true, false},
    {"feimage", "xlink:href", UrlAttribute::Use::kLoaded, true, false},
    {"form", "action", UrlAttribute::Use::kFollowed, false, false},
    {"iframe", "src", UrlAttribute::Use::kLoaded, false, false},
    {"image", "href", UrlAttribute::Use::kLoaded, true, false},
    {"image", "xlink:href", UrlAttribute::Use::kLoaded, true, false},
    {"img", "src", UrlAttribute::Use::kLoaded, false, false},
    {"input", "formaction", UrlAttribute::Use::kFollowed, false, false},
    {"input", "src", UrlAttribute::Use::kLoaded, false, false},
    {"ins", "cite", UrlAttribute::Use::kNamed, true, false},
    {"link", "href", UrlAttribute::Use::kNamed, false, false},
    {"object", "data", UrlAttribute::Use::kLoaded, false, false},
    {"q", "cite", UrlAttribute::Use::kNamed, true, false},
    {"script", "src", UrlAttribute::Use::kLoaded, false, false},
    {"source", "src", UrlAttribute::Use::kLoaded, false, false},
    {"track", "src", UrlAttribute::Use::kLoaded, false, false},
    {"use", "href", UrlAttribute::Use::kLoaded, true, false},
    {"use", "xlink:href", UrlAttribute::Use::kLoaded, true, false},
    {"video", "poster", UrlAttribute::Use::kLoaded, false, false},
    {"video", "src", UrlAttribute::Use::kLoaded, false, false},
    {"*", "itemid", UrlAttribute::Use::kNamed, true, false},
    {"*", "itemtype", UrlAttribute::Use::kNamed, false, true},
});

/// Null when the attribute of that element holds none.
const UrlAttribute* find_url_attribute(std::string_view element, std::string_view attribute);

}  // namespace smbatcher
