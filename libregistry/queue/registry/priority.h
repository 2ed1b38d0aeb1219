#pragma once

#include <optional>
#include <string_view>

namespace smbatcher {

/// What a Priority cell says; lower is given out earlier. A number, P0 to P9 for 0 to 9, or high, normal and low for
/// 1, 5 and 9, in any case. nullopt for anything else. Source: docs/registry-format.md, "Tables and columns".
std::optional<double> parse_priority(std::string_view text);

}  // namespace smbatcher
