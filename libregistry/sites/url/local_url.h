#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libregistry/sites/url/url.h"

namespace smbatcher {

/// The host of a site whose domain is not known.
inline constexpr std::string_view kUnknownHost = "site.invalid";

/// What the addresses of a page, or of a style sheet, are relative to: "https://<domain>/" and its path in the site, or
/// what its <base href> says, where it has one.
Url page_url(std::string_view path_in_site, const std::optional<std::string>& base_href = {},
             std::string_view domain = kUnknownHost);

/// The path of `url` below the site's folder, %XX resolved, without a slash in front; it ends in one where the address
/// does. A ".." at the top stays there, as in a browser: Url::climbs_out tells. nullopt when it can be no path.
std::optional<std::string> path_in_site(const Url& url);

/// Where the addresses of a file on the disk begin.
struct UrlBase {
  std::string root;  // the site's folder, ends in '/': what "/…" begins at; empty when there is none
  Url url;
};

/// "/a/b/c.js" of "../b/./c.js?v=2" in "/a/x/": query and fragment left out, %XX resolved. Nothing for an address on
/// another host, of another scheme, or that is empty.
std::optional<std::string> local_path(const UrlBase& base, std::string_view url);

/// The base of the file at `path` in a site, after what its <base href> says, where it has one.
UrlBase base_of(const std::string& root, const std::string& path, const std::optional<std::string>& href = {});

}  // namespace smbatcher
