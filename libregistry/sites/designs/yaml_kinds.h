#pragma once

#include <string>

#include "libregistry/core/config/yaml.h"

namespace smbatcher {

/// "text", "a list", "a map" or "nothing", for messages about a value of the wrong kind.
std::string described(YamlValue::Kind kind);

}  // namespace smbatcher
