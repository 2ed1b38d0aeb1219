#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "libregistry/core/base/result.h"
#include "libregistry/queue/document/lines.h"

namespace smbatcher {

// What YAML does to those who write colours and sentences into it, told in words that say what to write instead. For
// use inside libregistry/designs.

/// The text behind the '#' that made the value on this line nothing: "#ff0000" of `accent: #ff0000` and of
/// `- #ff0000`; empty when no comment without a blank after its '#' stands there.
std::string_view swallowed_text(std::string_view line);

/// What parse_yaml() said of the lines [first, last], with what to write instead where that can be told.
Error with_advice(Error error, const Lines& lines, std::size_t first, std::size_t last, const std::string& path);

}  // namespace smbatcher
