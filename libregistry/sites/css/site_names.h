#pragma once

#include <set>
#include <string>
#include <string_view>

#include "libregistry/sites/css/style_sheet.h"
#include "libregistry/sites/html/page.h"

namespace smbatcher {

/// What a site's pages and scripts name: whether a rule of a style sheet can apply to anything in it. A rule of a
/// framework for what the site does not have shows nothing.
class SiteNames {
 public:
  /// Its classes and ids, and the words of its scripts.
  void add_page(const HtmlPage& page);
  /// Any word of a script may be a class that it sets, or the beginning of one ("is-").
  void add_script(std::string_view text);

  /// True when one of the selectors can match, as far as names tell.
  bool may_match(const CssRule& rule) const;
  /// True when a script names the custom property: it may set it.
  bool may_set(const std::string& property) const { return words_.contains(property); }

 private:
  bool has_name(const std::string& name) const;

  std::set<std::string, std::less<>> names_;
  std::set<std::string, std::less<>> words_;  // of scripts
};

}  // namespace smbatcher
