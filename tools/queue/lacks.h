#pragma once

#include <map>
#include <string>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {

/// What sites lack, by domain: headings or files.
using Lacks = std::map<std::string, std::vector<std::string>>;

/// "a.example: index.html, styles.css; b.example: index.html"; without the domains where `bare`.
inline std::string describe(const Lacks& lacks, bool bare = false) {
  std::vector<std::string> parts;
  for (const auto& [domain, names] : lacks) {
    parts.push_back((bare ? "" : domain + ": ") + join(names, ", "));
  }
  return join(parts, "; ");
}

/// The member `missing` of an answer.
inline Json to_json(const Lacks& lacks) {
  JsonObject json;
  for (const auto& [domain, names] : lacks) {
    json.emplace_back(domain, names);
  }
  return json;
}

}  // namespace smbatcher
