#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace smbatcher {

/// What a browser asks for, judged before any file is touched.
struct PreviewRequest {
  int status = 200;          // 200, or why there will be no file: 400, 404, 405, 421, 505
  bool head_only = false;    // HEAD
  std::string path;          // without a leading slash, %XX resolved; no part of it is empty or begins with a dot
  std::string written_path;  // as it came, without the query: for a redirection
  std::string query;         // with its question mark; empty when there is none
  bool is_folder = false;    // it ended in a slash, or was the root
  std::string range;         // "bytes=2-4", as it came; empty when there is none
  std::string if_range;
  std::string if_none_match;
};

/// A part of a file: from the byte `begin` up to `end`, which is not part of it.
struct FilePart {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

/// The part of a file of `size` bytes that a Range header asks for. `satisfiable` is false when it lies behind the end
/// (status 416). nullopt: the whole file, since there is no header, it cannot be read, or it asks for several parts.
/// Source: RFC 9110, section 14.
std::optional<FilePart> requested_range(std::string_view header, std::int64_t size, bool& satisfiable);

/// Whether an If-None-Match header names the entity tag. Source: RFC 9110, section 13.1.2.
bool names_tag(std::string_view header, std::string_view tag);

/// Reads the head of an HTTP request (everything before the empty line): any bytes at all. `loopback_only`: a Host that
/// is not a name of this machine is refused, so that no page of another host can read ours through a name of its own
/// that leads to 127.0.0.1.
PreviewRequest read_preview_request(std::string_view head, bool loopback_only);

/// "Not Found" of 404.
std::string_view reason_phrase(int status);

}  // namespace smbatcher
