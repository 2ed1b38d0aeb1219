#pragma once

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
  bool is_folder = false;    // it ended in a slash, or was the root
};

/// Reads the head of an HTTP request (everything before the empty line): any bytes at all. `loopback_only`: a Host that
/// is no name of this machine is refused, so that no page of another host can read ours through a name of its own that
/// leads to 127.0.0.1.
PreviewRequest read_preview_request(std::string_view head, bool loopback_only);

/// "Not Found" of 404.
std::string_view reason_phrase(int status);

}  // namespace smbatcher
