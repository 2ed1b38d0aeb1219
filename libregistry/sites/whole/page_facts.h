#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/html/page.h"

namespace smbatcher {

/// An address that a page names.
struct SiteReference {
  enum class Kind {
    kResource,  // the browser loads it with the page: an image, a style sheet, a frame
    kLink,      // somebody may follow it
  };
  Kind kind = Kind::kLink;
  std::string url;
  std::size_t line = 0;
  std::size_t column = 0;      // in bytes
  std::size_t characters = 0;  // the column in code points
};

/// What the links of a site need to know of one page or style sheet, kept when its tree is gone.
struct PageFacts {
  std::string path;                      // relative to the site's folder
  std::optional<std::string> base;       // <base href>
  std::optional<std::string> canonical;  // <link rel=canonical>
  bool is_page = true;                   // else a style sheet or a script
  std::set<std::string> ids;             // what a fragment can lead to
  std::vector<SiteReference> references;
};

PageFacts facts_of(const HtmlPage& page, std::string path);
PageFacts facts_of_style_sheet(std::string_view text, std::string path);

}  // namespace smbatcher
