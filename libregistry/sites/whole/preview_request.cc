#include "libregistry/sites/whole/preview_request.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "libregistry/core/base/text.h"
#include "libregistry/sites/url/percent.h"
#include "libregistry/sites/url/url.h"

namespace smbatcher {
namespace {

/// nullopt for a percent sign that begins no %XX, and for %00.
std::optional<std::string> decode(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    const std::string one = percent_decoded(text.substr(at, 3));
    if (one.size() != 1 || one[0] == '\0') {
      return std::nullopt;
    }
  }
  return percent_decoded(text);
}

/// Takes the parts of a path one by one: one that begins with a dot is a dot file or leads upwards, and an encoded
/// slash is not one that divides.
bool take_path(std::string_view written, PreviewRequest& request) {
  request.is_folder = written.ends_with('/');
  while (!written.empty()) {
    written.remove_prefix(1);  // its slash
    const std::string_view part = written.substr(0, written.find('/'));
    written.remove_prefix(part.size());
    if (part.empty() && written.empty()) {
      break;
    }
    const std::optional<std::string> plain = decode(part);
    if (!plain || plain->empty() || plain->front() == '.' || plain->find('/') != std::string::npos) {
      return false;
    }
    request.path += (request.path.empty() ? "" : "/") + *plain;
  }
  return true;
}

std::string_view next_line(std::string_view& head) {
  const std::size_t end = head.find('\n');
  std::string_view line = head.substr(0, end);
  head.remove_prefix(end == std::string_view::npos ? head.size() : end + 1);
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

/// Whether a Host header names this machine, whatever the port: an address is compared as one, not as text.
bool is_own_name(std::string_view header) {
  const auto url = parse_url("http://" + std::string(header) + "/");
  if (!url || !url->username.empty() || !url->password.empty() || url->query || url->fragment ||
      url->path != std::vector<std::string>{""}) {
    return false;
  }
  const std::string& host = *url->host;
  const bool is_address = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" ||
         (is_address && host.starts_with("127."));
}

/// Reads the header lines that count, and judges what they say of the host. 400: there has to be one Host.
void take_headers(std::string_view headers, bool loopback_only, PreviewRequest& request) {
  std::size_t hosts = 0;
  while (!headers.empty()) {
    const std::string_view line = next_line(headers);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
      continue;
    }
    const std::string name = to_lower(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "host") {
      ++hosts;
      request.status = loopback_only && !is_own_name(value) ? 421 : request.status;
    } else if (name == "range") {
      request.range = value;
    } else if (name == "if-range") {
      request.if_range = value;
    } else if (name == "if-none-match") {
      request.if_none_match = value;
    }
  }
  request.status = hosts == 1 ? request.status : 400;
}

std::optional<std::int64_t> number_in(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = !digits.empty() && digits[0] != '-' && end == digits.data() + digits.size();
  if (!is_number) {
    return std::nullopt;
  }
  return error == std::errc::result_out_of_range ? INT64_MAX : number;
}

}  // namespace

PreviewRequest read_preview_request(std::string_view head, bool loopback_only) {
  PreviewRequest request;
  const std::string_view line = next_line(head);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || first == 0) {
    request.status = 400;
    return request;
  }
  const std::string_view method = line.substr(0, first);
  std::string_view target = line.substr(first + 1, last - first - 1);
  request.head_only = method == "HEAD";
  if (!line.substr(last + 1).starts_with("HTTP/1.")) {
    request.status = 505;
    return request;
  }
  if (method != "GET" && method != "HEAD") {
    request.status = 405;
    return request;
  }
  std::optional<std::string_view> authority;  // counts before the Host
  if (target.starts_with("http://")) {
    const std::size_t slash = std::min(target.find_first_of("/?#", 7), target.size());
    authority = target.substr(7, slash - 7);
    target = slash == target.size() ? std::string_view("/") : target.substr(slash);
  }
  target = target.substr(0, target.find('#'));
  const std::size_t query = std::min(target.find('?'), target.size());
  request.query = target.substr(query);
  target = target.substr(0, query);
  const auto is_plain = [](char c) { return c > ' ' || c < 0; };
  if (!target.starts_with('/') || !std::all_of(target.begin(), target.end(), is_plain) ||
      !std::all_of(request.query.begin(), request.query.end(), is_plain)) {
    request.status = 400;
    return request;
  }
  request.written_path = target;
  take_headers(head, loopback_only, request);
  if (request.status == 200 && loopback_only && authority && !is_own_name(*authority)) {
    request.status = 421;
  }
  if (request.status == 200 && !take_path(target, request)) {
    request.status = 404;
  }
  return request;
}

std::optional<FilePart> requested_range(std::string_view header, std::int64_t size, bool& satisfiable) {
  satisfiable = true;
  constexpr std::string_view kUnit = "bytes=";
  const std::size_t dash = header.find('-');
  if (to_lower(header.substr(0, kUnit.size())) != kUnit || dash == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view first = trim(header.substr(kUnit.size(), dash - kUnit.size()));
  const std::string_view last = trim(header.substr(dash + 1));
  const auto begin = number_in(first);
  const auto end = number_in(last);
  if (first.empty() && end) {  // the last bytes
    satisfiable = *end > 0 && size > 0;
    return FilePart{size - std::min(*end, size), size};
  }
  if (!begin || (!last.empty() && (!end || *end < *begin))) {
    return std::nullopt;
  }
  satisfiable = *begin < size;
  return FilePart{*begin, last.empty() || *end >= size ? size : *end + 1};
}

bool names_tag(std::string_view header, std::string_view tag) {
  if (trim(header) == "*") {
    return true;
  }
  const std::size_t at = header.find(tag);
  return at != std::string_view::npos && tag.starts_with('"');
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 416:
      return "Range Not Satisfiable";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

}  // namespace smbatcher
