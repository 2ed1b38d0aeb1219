#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/css/style_sheet.h"
#include "libregistry/sites/similarity/traits.h"

namespace smbatcher {

/// Gathers the traits of a built site from its pages and style sheets. Source: docs/similarity.md, "Built sites".
///
/// Any bytes will do: tags are scanned and tokens cut, no tree is built.
class SiteTraits {
 public:
  void add_page(std::string_view html);
  void add_style_sheet(std::string_view css);
  /// The most frequent colours of the sheets, all their fonts; the order of the pages' sections, and whether grid and
  /// flex boxes lay them out.
  Traits finish(const std::string& name) const;

 private:
  std::vector<std::string> words_;
  std::vector<std::string> layout_;  // any number of times
  std::deque<StyleSheet> sheets_;
};

}  // namespace smbatcher
