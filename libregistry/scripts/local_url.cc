#include "libregistry/scripts/local_url.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>

namespace smbatcher {
namespace {

constexpr std::string_view kBlanks = " \t\n\f\r";

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? std::string_view()
                                         : text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

bool has_scheme(std::string_view url) {
  const std::size_t colon = url.find(':');
  const auto is_part = [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.'; };
  return colon != std::string_view::npos && colon > 0 && std::isalpha(static_cast<unsigned char>(url[0])) != 0 &&
         std::all_of(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(colon), is_part);
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const std::string_view digits = text.substr(std::min(i + 1, text.size()), 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (text[i] == '%' && digits.size() == 2 && error == std::errc() && end == digits.data() + 2) {
      plain += static_cast<char>(code);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace

std::optional<std::string> local_path(const UrlBase& base, std::string_view url) {
  url = without_blanks(url);
  url = url.substr(0, url.find_first_of("?#"));
  if (url.empty() || url.starts_with("//") || has_scheme(url)) {
    return std::nullopt;
  }
  const bool is_absolute = url.front() == '/';
  const std::string& begin = is_absolute ? base.root : base.folder;
  std::string rest = decoded(is_absolute ? url.substr(1) : url);
  if (begin.empty() || rest.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  return std::filesystem::path(begin + rest).lexically_normal().string();
}

UrlBase base_of(const std::string& root, const std::string& path, const std::optional<std::string>& href) {
  UrlBase base{root, path.substr(0, path.rfind('/') + 1)};
  if (href) {
    const std::optional<std::string> to = local_path(base, *href);
    // The last part of a base is no folder unless it ends in a slash.
    base.folder = to ? to->substr(0, to->rfind('/') + 1) : std::string();
  }
  return base;
}

}  // namespace smbatcher
