#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace smbatcher {

/// An address, as a browser reads it. Source: https://url.spec.whatwg.org/
struct Url {
  std::string scheme;  // lower case, without its colon
  std::string username;
  std::string password;
  std::optional<std::string> host;    // as written in an address: "a.example" in ASCII, "127.0.0.1", "[::1]"; may be ""
  std::optional<std::uint16_t> port;  // absent for the scheme's own
  bool is_opaque = false;             // "mailto:anna": one path that is not divided
  std::vector<std::string> path;      // the parts between the slashes, percent-encoded; one part where is_opaque
  std::optional<std::string> query;
  std::optional<std::string> fragment;
  std::string_view fault;   // why nobody should write it so, though browsers read it; empty when it is well written
  bool climbs_out = false;  // a ".." stood where there was no folder to leave: browsers pass over it

  /// http, https, ws, wss, ftp or file.
  bool is_special() const;
  bool is_http() const { return scheme == "http" || scheme == "https"; }
  /// "/a/b" of the parts.
  std::string path_text() const;
  /// The whole address.
  std::string href() const;
};

/// Reads `text` as a browser does, relative to `base` where there is one. nullopt when it cannot be read as an address:
/// no scheme and no base, an impossible host or port.
std::optional<Url> parse_url(std::string_view text, const Url* base = nullptr);

/// A host as it stands in an address, normalized: lower case, IDNA applied, numbers as dotted quads. `is_special`: of a
/// scheme as http. nullopt when it cannot be one.
std::optional<std::string> parse_host(std::string_view text, bool is_special);

}  // namespace smbatcher
