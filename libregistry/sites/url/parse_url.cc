#include <charconv>
#include <utility>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sites/url/percent.h"
#include "libregistry/sites/url/url.h"
#include "libregistry/sites/url/url_text.h"

namespace smbatcher {
namespace {

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
    while (end < rest_.size() &&
           (is_letter_or_digit(rest_[end]) || rest_[end] == '+' || rest_[end] == '-' || rest_[end] == '.')) {
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
    url_.port = special_port(url_.scheme) == number ? std::nullopt : std::optional(number);
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

std::optional<Url> parse_url(std::string_view text, const Url* base) {
  const std::string plain = cleaned(text);
  return Parser(plain, base, plain == text ? "" : "no blank, tab or line end stands in or around it").run();
}

}  // namespace smbatcher
