#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

/// kMalformed "invalid_json", its details and `where` "<path>:<line>:<column>" of the offset `byte`, counted from 1.
Error invalid_json(const std::string& path, std::string_view text, std::size_t byte, std::string_view what);

/// The JSON object that the text of a file is. Errors: as above, also for an empty text and for JSON that is not an
/// object.
Result<Json> parse_json_file(const std::string& path, std::string_view text);

}  // namespace smbatcher
