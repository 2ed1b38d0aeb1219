#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace smbatcher {

/// Where the addresses of a page, or of a style sheet, begin.
struct UrlBase {
  std::string root;    // the site's folder, ends in '/': what "/…" begins at; empty when there is none
  std::string folder;  // of the file, ends in '/'; empty when a <base> leads to another host
};

/// "/a/b/c.js" of "../b/./c.js?v=2" in "/a/x/": query and fragment left out, %XX resolved. Nothing for an address on
/// another host, with a scheme, or that is empty.
std::optional<std::string> local_path(const UrlBase& base, std::string_view url);

/// The base of the file at `path` in a site, after what its <base href> says, where it has one.
UrlBase base_of(const std::string& root, const std::string& path, const std::optional<std::string>& href = {});

}  // namespace smbatcher
