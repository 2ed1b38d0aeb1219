#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/sites/html/page.h"
#include "libregistry/sites/url/local_url.h"

namespace smbatcher {

/// How a page loads a script that is a file. For use inside libregistry/scripts.
struct LoadedScript {
  std::string path;  // as local_path() has it
  bool is_module = false;
};

/// A script or JSON that stands in a page.
struct InlineScript {
  enum class Kind { kClassic, kModule, kHandler, kJson };
  Kind kind = Kind::kClassic;
  std::string text;
  std::size_t begin = 0;  // in bytes, in the page
  bool exact = false;     // the text stands there byte for byte
};

struct PageScripts {
  std::vector<LoadedScript> loaded;
  std::vector<InlineScript> written;
};

/// What a page loads and holds. A `type` that is neither JavaScript nor JSON is data, and nothing.
/// Source: https://html.spec.whatwg.org/multipage/scripting.html#prepare-the-script-element
PageScripts scripts_of(const HtmlPage& page, const std::string& root, const std::string& path);

/// The base of a page's addresses.
UrlBase base_of(const HtmlPage& page, const std::string& root, const std::string& path);

}  // namespace smbatcher
