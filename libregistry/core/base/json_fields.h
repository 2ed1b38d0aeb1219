#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"

namespace smbatcher {

/// Members of an object by type; nullopt when the member is absent or of another type.
inline std::optional<std::string> string_field(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value != nullptr && value->string() != nullptr ? std::optional(*value->string()) : std::nullopt;
}

inline std::optional<std::int64_t> integer_field(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  return value == nullptr ? std::nullopt : value->integer();
}

inline std::optional<std::vector<std::string>> strings_field(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (value == nullptr || value->array() == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> strings;
  for (const Json& item : *value->array()) {
    if (item.string() == nullptr) {
      return std::nullopt;
    }
    strings.push_back(*item.string());
  }
  return strings;
}

}  // namespace smbatcher
