#include "libregistry/sites/url/local_url.h"

#include <filesystem>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/url/percent.h"

namespace smbatcher {

Url page_url(std::string_view path_in_site, const std::optional<std::string>& base_href, std::string_view domain) {
  Url url;
  url.scheme = "https";
  url.host = domain;
  for (bool goes_on = true; goes_on;) {
    const std::size_t slash = path_in_site.find('/');
    std::string part;
    for (const char c : path_in_site.substr(0, slash)) {
      if (c == '%') {
        part += "%25";  // of a file's name, which is not encoded
      } else {
        append_percent_encoded(part, static_cast<unsigned char>(c), PercentSet::kPath);
      }
    }
    url.path.push_back(std::move(part));
    goes_on = slash != std::string_view::npos;
    path_in_site.remove_prefix(goes_on ? slash + 1 : 0);
  }
  if (base_href) {
    auto base = parse_url(*base_href, &url);
    if (base && base->scheme != "data" && base->scheme != "javascript") {
      return *base;
    }
  }
  return url;
}

std::optional<std::string> path_in_site(const Url& url) {
  const std::string written = percent_decoded(url.path_text());
  if (written.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  // An encoded slash divides for most servers, so a ".." may come of it that must not lead out.
  const std::string path = std::filesystem::path(written.substr(1)).lexically_normal().string();
  if (path.starts_with('/') || path == ".." || path.starts_with("../")) {
    return std::nullopt;
  }
  return path == "." ? std::string() : path;
}

std::optional<std::string> local_path(const UrlBase& base, std::string_view url) {
  const std::string_view text = trim(url);
  if (text.empty() || text[0] == '#' || text[0] == '?' || (base.root.empty() && (text[0] == '/' || text[0] == '\\'))) {
    return std::nullopt;
  }
  const auto target = parse_url(text, &base.url);
  if (!target || !target->is_http() || target->host != kUnknownHost) {
    return std::nullopt;
  }
  const auto path = path_in_site(*target);
  return path ? std::optional((base.root.empty() ? "/" : base.root) + *path) : std::nullopt;
}

UrlBase base_of(const std::string& root, const std::string& path, const std::optional<std::string>& href) {
  const std::size_t begin = root.empty() ? 1 : root.size();
  return {root, page_url(std::string_view(path).substr(begin), href)};
}

}  // namespace smbatcher
