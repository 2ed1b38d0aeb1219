#pragma once

#include <string>
#include <string_view>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Errors: kUsage "invalid_argument" for a text that is not UTF-8 or has more than `most` characters (code points).
Result<void> check_text(std::string_view option, std::string_view text, std::size_t most);

/// kUsage "invalid_argument" for an id that does not match the pattern.
Error invalid_instance_id(std::string_view id);

}  // namespace smbatcher
