#include "libregistry/sites/preview_request.h"

#include <algorithm>
#include <charconv>

#include "libregistry/base/text.h"

namespace smbatcher {
namespace {

std::optional<std::string> decode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2 || code == 0) {
      return std::nullopt;
    }
    plain += static_cast<char>(code);
    i += 2;
  }
  return plain;
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

bool is_own_name(std::string_view host) {
  std::string name = to_lower(trim(host));
  if (name.starts_with('[')) {
    return name.starts_with("[::1]");
  }
  name = name.substr(0, name.find(':'));
  return name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.");
}

int judge_headers(std::string_view headers, bool loopback_only) {
  while (!headers.empty()) {
    const std::string_view line = next_line(headers);
    const std::size_t colon = line.find(':');
    if (loopback_only && colon != std::string_view::npos && to_lower(line.substr(0, colon)) == "host" &&
        !is_own_name(line.substr(colon + 1))) {
      return 421;
    }
  }
  return 200;
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
  if (target.starts_with("http://")) {
    const std::size_t slash = target.find('/', 7);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  target = target.substr(0, target.find_first_of("?#"));
  const bool is_plain = std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' || c < 0; });
  if (!target.starts_with('/') || !is_plain) {
    request.status = 400;
    return request;
  }
  request.written_path = target;
  request.status = judge_headers(head, loopback_only);
  if (request.status == 200 && !take_path(target, request)) {
    request.status = 404;
  }
  return request;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 301:
      return "Moved Permanently";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
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
