#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

struct YamlEntry;

/// One YAML value with the line it stands on: what settings and front matter are read from.
///
/// Scalars are kept as they are written ("no" stays "no"); who reads one decides what it means. `~`, `null` and nothing
/// are kNull, and so is `#ff0000`, which YAML takes for a comment.
struct YamlValue {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::size_t line = 0;  // 1-based, in the file
  std::string scalar;
  std::vector<YamlValue> items;
  std::vector<YamlEntry> entries;  // in the order of the file; no key twice
};

struct YamlEntry {
  std::string key;
  std::size_t line = 0;
  YamlValue value;
};

/// Reads one YAML document; empty text is kNull. `first_line` is the line of `path` that the text begins on.
///
/// Errors: kMalformed `reason` with "path:line" for broken YAML, bytes that are not UTF-8, NUL, a key that stands
/// twice, a second document, more than 64 levels, and more than `max_values` values (aliases of aliases multiply).
Result<YamlValue> parse_yaml(std::string_view text, const std::string& path, ErrorWord reason,
                             std::size_t first_line = 1, std::size_t max_values = 10'000);

/// "path:line", the place of an error.
std::string place(const std::string& path, std::size_t line);

}  // namespace smbatcher
