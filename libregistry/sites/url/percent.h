#pragma once

#include <string>
#include <string_view>

namespace smbatcher {

/// What has to be written as %XX in a part of an address; each set holds the ones above it, but for kSpecialQuery.
enum class PercentSet { kControl, kFragment, kQuery, kSpecialQuery, kPath, kUserinfo };

/// Appends `byte`, as %XX where it is in the set.
void append_percent_encoded(std::string& out, unsigned char byte, PercentSet set);
std::string percent_encoded(std::string_view text, PercentSet set);
/// %XX resolved; a percent sign that begins no %XX stays.
std::string percent_decoded(std::string_view text);

}  // namespace smbatcher
