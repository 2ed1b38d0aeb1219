#include "libregistry/sites/url/url.h"

#include "libregistry/sites/url/url_text.h"

namespace smbatcher {

bool Url::is_special() const { return special_port(scheme).has_value(); }

std::string Url::path_text() const {
  if (is_opaque) {
    return path[0];
  }
  std::string text;
  for (const std::string& part : path) {
    text += '/';
    text += part;
  }
  return text;
}

std::string Url::href() const {
  std::string text = scheme + ":";
  if (host) {
    text += "//";
    if (!username.empty() || !password.empty()) {
      text += username + (password.empty() ? "" : ":" + password) + "@";
    }
    text += *host + (port ? ":" + std::to_string(*port) : "");
  } else if (!is_opaque && path.size() > 1 && path[0].empty()) {
    text += "/.";  // or the path would be read as a host
  }
  return text + path_text() + (query ? "?" + *query : "") + (fragment ? "#" + *fragment : "");
}

}  // namespace smbatcher
