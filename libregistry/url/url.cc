#include "libregistry/url/url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "libregistry/base/text.h"
#include "libregistry/url/percent.h"

namespace smbatcher {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint16_t>, 6> kSpecial{
    {{"ftp", 21}, {"file", 0}, {"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}}};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_drive_letter(std::string_view text) {
  return text.size() == 2 && is_letter(text[0]) && (text[1] == ':' || text[1] == '|');
}

bool starts_with_drive_letter(std::string_view text) {
  return text.size() >= 2 && is_drive_letter(text.substr(0, 2)) &&
         (text.size() == 2 || std::string_view("/\\?#").find(text[2]) != std::string_view::npos);
}

bool is_single_dot(std::string_view part) { return part == "." || to_lower(part) == "%2e"; }

bool is_double_dot(std::string_view part) {
  const std::string lower = to_lower(part);
  return lower == ".." || lower == ".%2e" || lower == "%2e." || lower == "%2e%2e";
}

/// Without blanks and control characters around it, tabs and line ends inside.
std::string cleaned(std::string_view text) {
  const auto is_outer = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!text.empty() && is_outer(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_outer(text.back())) {
    text.remove_suffix(1);
  }
  std::string plain;
  std::copy_if(text.begin(), text.end(), std::back_inserter(plain),
               [](char c) { return c != '\t' && c != '\n' && c != '\r'; });
  return plain;
}

/// The code point that `text` begins with, and its length; a length of 0 where it is not UTF-8.
std::pair<std::uint32_t, std::size_t> code_point(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (size == 0 || size > text.size() || !is_valid_utf8(text.substr(0, size))) {
    return {0, 0};
  }
  std::uint32_t code = size == 1 ? lead : lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  return {code, size};
}

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Why a part of an address must not be written so. Source: https://url.spec.whatwg.org/#url-units
std::string_view fault_in(std::string_view text) {
  constexpr std::string_view kMarks = "!$&'()*+,-./:;=?@_~";
  while (!text.empty()) {
    if (text[0] == '%') {
      if (text.size() < 3 || !is_hex(text[1]) || !is_hex(text[2])) {
        return "a percent sign that begins no %XX is written %25";
      }
      text.remove_prefix(3);
      continue;
    }
    const auto [code, size] = code_point(text);
    if (text[0] == ' ') {
      return "a blank is written %20";
    }
    const bool is_plain = is_letter(text[0]) || is_digit(text[0]) || kMarks.find(text[0]) != std::string_view::npos;
    const bool is_noncharacter = (code & 0xFFFEU) == 0xFFFEU || (code >= 0xFDD0 && code <= 0xFDEF);
    if (size == 0 || (size == 1 && !is_plain) || (code >= 0x7F && code < 0xA0) || is_noncharacter) {
      return "a character that no address holds is written as %XX";
    }
    text.remove_prefix(size);
  }
  return {};
}

/// The states of the standard's parser, as functions of what is left of the text. Each is named as there, and answers
/// false when the text is not an address. Source: https://url.spec.whatwg.org/#url-parsing
class Parser {
 public:
  Parser(std::string_view text, const Url* base, std::string_view fault) : rest_(text), base_(base) { blame(fault); }

  std::optional<Url> run() {
    const bool is_read = take_scheme() ? after_scheme() : no_scheme();
    return is_read ? std::optional(std::move(url_)) : std::nullopt;
  }

 private:
  bool take_scheme() {
    if (rest_.empty() || !is_letter(rest_[0])) {
      return false;
    }
    std::size_t end = 1;
    while (end < rest_.size() && (is_letter(rest_[end]) || is_digit(rest_[end]) || rest_[end] == '+' ||
                                  rest_[end] == '-' || rest_[end] == '.')) {
      ++end;
    }
    if (end == rest_.size() || rest_[end] != ':') {
      return false;
    }
    url_.scheme = to_lower(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool after_scheme() {
    if (url_.is_special() && (!rest_.starts_with("//") || (url_.scheme != "file" && rest_.starts_with("///")))) {
      blame("'//' follows the scheme");
    }
    if (url_.scheme == "file") {
      return file();
    }
    if (url_.is_special()) {
      const bool may_be_relative = base_ != nullptr && base_->scheme == url_.scheme && !rest_.starts_with("//");
      return may_be_relative ? relative() : authority_behind_slashes();
    }
    if (rest_.starts_with("//")) {
      rest_.remove_prefix(2);
      return authority();
    }
    if (rest_.starts_with('/')) {
      return path();
    }
    return opaque_path();
  }

  bool no_scheme() {
    if (base_ == nullptr || (base_->is_opaque && !rest_.starts_with('#'))) {
      return false;
    }
    if (base_->is_opaque) {
      const std::string_view fault = url_.fault;
      url_ = *base_;
      url_.fault = fault;
      return query_and_fragment();
    }
    return base_->scheme == "file" ? file() : relative();
  }

  bool relative() {
    url_.scheme = base_->scheme;
    if (at_slash()) {
      rest_.remove_prefix(1);
      return relative_slash();
    }
    url_.username = base_->username;
    url_.password = base_->password;
    url_.host = base_->host;
    url_.port = base_->port;
    return relative_path();
  }

  /// What an address without a slash in front takes over from its base.
  bool relative_path() {
    url_.path = base_->path;
    url_.query = base_->query;
    if (rest_.empty() || rest_[0] == '?' || rest_[0] == '#') {
      return query_and_fragment();
    }
    url_.query.reset();
    if (url_.scheme == "file" && starts_with_drive_letter(rest_)) {
      url_.path.clear();
    } else if (!url_.path.empty()) {
      url_.path.pop_back();  // the file's name, which is not a folder to leave
    }
    return path_parts();
  }

  bool relative_slash() {
    if (url_.is_special() && at_slash()) {
      return authority_behind_slashes();
    }
    if (rest_.starts_with('/')) {
      rest_.remove_prefix(1);
      return authority();
    }
    url_.username = base_->username;
    url_.password = base_->password;
    url_.host = base_->host;
    url_.port = base_->port;
    return path_parts();
  }

  bool authority_behind_slashes() {
    while (rest_.starts_with('/') || rest_.starts_with('\\')) {
      rest_.remove_prefix(1);
    }
    return authority();
  }

  bool authority() {
    std::string_view text = take_until(url_.is_special() ? "/\\?#" : "/?#");
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
      blame("a name and a password have no place in an address");
      take_credentials(text.substr(0, at));
      text.remove_prefix(at + 1);
      if (text.empty()) {
        return false;
      }
    }
    return host_and_port(text) && path_start();
  }

  void take_credentials(std::string_view text) {
    const std::size_t colon = text.find(':');
    url_.username = percent_encoded(text.substr(0, colon), PercentSet::kUserinfo);
    if (colon != std::string_view::npos) {
      url_.password = percent_encoded(text.substr(colon + 1), PercentSet::kUserinfo);
    }
  }

  bool host_and_port(std::string_view text) {
    const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
    const std::size_t colon = text.find(':', bracket == std::string_view::npos ? text.size() : bracket);
    const std::string_view host = text.substr(0, colon);
    if (host.empty() && (url_.is_special() || colon != std::string_view::npos)) {
      return false;
    }
    url_.host = host.empty() ? std::optional<std::string>("") : parse_host(host, url_.is_special());
    const bool is_number =
        url_.host && !url_.host->empty() && url_.host->find_first_not_of("0123456789.") == std::string::npos;
    if (is_number && *url_.host != host) {
      blame("an address of a machine is written as four decimal numbers");
    }
    return url_.host && (colon == std::string_view::npos || port(text.substr(colon + 1)));
  }

  bool port(std::string_view digits) {
    if (digits.empty()) {
      return true;
    }
    std::uint16_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      return false;
    }
    const auto* const known = std::find_if(kSpecial.begin(), kSpecial.end(),
                                           [this](const auto& scheme) { return scheme.first == url_.scheme; });
    url_.port = known != kSpecial.end() && known->second == number ? std::nullopt : std::optional(number);
    return true;
  }

  bool file() {
    url_.scheme = "file";
    url_.host = "";
    const bool has_base = base_ != nullptr && base_->scheme == "file";
    if (at_slash()) {
      rest_.remove_prefix(1);
      return at_slash() ? file_host() : file_slash(has_base);
    }
    if (has_base) {
      url_.host = base_->host;
      return relative_path();
    }
    return path_parts();
  }

  bool file_slash(bool has_base) {
    if (has_base) {
      url_.host = base_->host;
      const bool keeps_drive = !base_->path.empty() && is_drive_letter(base_->path[0]) && base_->path[0][1] == ':';
      if (keeps_drive && !starts_with_drive_letter(rest_)) {
        url_.path.push_back(base_->path[0]);
      }
    }
    return path_parts();
  }

  bool file_host() {
    rest_.remove_prefix(1);
    const std::string_view all = rest_;
    const std::string_view text = take_until("/\\?#");
    if (is_drive_letter(text)) {
      rest_ = all;
      return path_parts();
    }
    if (!text.empty()) {
      url_.host = parse_host(text, true);
      if (!url_.host) {
        return false;
      }
      url_.host = *url_.host == "localhost" ? "" : *url_.host;
    }
    return path_start();
  }

  bool path_start() {
    if (!url_.is_special() && (rest_.empty() || rest_[0] == '?' || rest_[0] == '#')) {
      return query_and_fragment();
    }
    return path();
  }

  bool path() {
    if (at_slash()) {
      rest_.remove_prefix(1);
    }
    return path_parts();
  }

  bool path_parts() {
    for (bool goes_on = true; goes_on;) {
      const std::string_view text = take_until(url_.is_special() ? "/\\?#" : "/?#");
      blame(fault_in(text));
      goes_on = at_slash();
      if (goes_on) {
        rest_.remove_prefix(1);
      }
      if (is_double_dot(text)) {
        shorten_path();
      }
      if (is_double_dot(text) || is_single_dot(text)) {
        if (!goes_on) {
          url_.path.emplace_back();
        }
        continue;
      }
      std::string part = percent_encoded(text, PercentSet::kPath);
      if (url_.scheme == "file" && url_.path.empty() && is_drive_letter(text)) {
        part = {text[0], ':'};
      }
      url_.path.push_back(std::move(part));
    }
    return query_and_fragment();
  }

  void shorten_path() {
    const bool is_drive = url_.scheme == "file" && url_.path.size() == 1 && is_drive_letter(url_.path[0]);
    if (!is_drive && !url_.path.empty()) {
      url_.path.pop_back();
    } else {
      url_.climbs_out = true;
    }
  }

  bool opaque_path() {
    url_.is_opaque = true;
    const std::string_view text = take_until("?#");
    if (url_.scheme != "data") {  // pictures are written into pages so, with all the blanks and quotes that they have
      blame(fault_in(text));
    }
    std::string path = percent_encoded(text, PercentSet::kControl);
    if (!rest_.empty() && path.ends_with(' ')) {
      path.replace(path.size() - 1, 1, "%20");  // or it would be lost when what follows is taken away
    }
    url_.path = {std::move(path)};
    return query_and_fragment();
  }

  bool query_and_fragment() {
    if (rest_.starts_with('?')) {
      rest_.remove_prefix(1);
      url_.query = percent_encoded(take_until("#"), url_.is_special() ? PercentSet::kSpecialQuery : PercentSet::kQuery);
    }
    url_.fragment.reset();
    if (rest_.starts_with('#')) {
      blame(fault_in(rest_.substr(1)));
      url_.fragment = percent_encoded(rest_.substr(1), PercentSet::kFragment);
    }
    return true;
  }

  bool at_slash() {
    const bool is_backslash = url_.is_special() && rest_.starts_with('\\');
    blame(is_backslash ? "a backslash is written '/'" : "");
    return is_backslash || rest_.starts_with('/');
  }

  void blame(std::string_view fault) { url_.fault = url_.fault.empty() ? fault : url_.fault; }

  std::string_view take_until(std::string_view ends) {
    const std::string_view taken = rest_.substr(0, rest_.find_first_of(ends));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
  const Url* base_;
  Url url_;
};

}  // namespace

bool Url::is_special() const {
  return std::any_of(kSpecial.begin(), kSpecial.end(), [this](const auto& known) { return known.first == scheme; });
}

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

std::optional<Url> parse_url(std::string_view text, const Url* base) {
  const std::string plain = cleaned(text);
  return Parser(plain, base, plain == text ? "" : "no blank, tab or line end stands in or around it").run();
}

}  // namespace smbatcher
