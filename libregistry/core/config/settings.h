#pragma once

#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/core/config/config.h"
#include "libregistry/core/config/yaml.h"

namespace smbatcher {

/// The settings that `document` names, over the defaults. `path` is for messages. Errors: those of load_config().
Result<Config> read_settings(const YamlValue& document, const std::string& path);

}  // namespace smbatcher
