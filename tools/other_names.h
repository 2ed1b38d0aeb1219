#pragma once

#include <array>
#include <string_view>

namespace smbatcher {

/// Words that people try for an operation that has another name. They are understood behind `smbatcher`, and no link
/// has such a name.
struct OtherName {
  std::string_view words;      // separated by single blanks
  std::string_view operation;  // what they stand for
  std::string_view option;     // which comes first among the operation's arguments; empty for none
};

inline constexpr auto kOtherNames = std::to_array<OtherName>({
    {"claim", "find-next", "--claim"},
    {"complete", "implement-complete", "--phase-of-claim"},
    {"batch status", "status", ""},
});

}  // namespace smbatcher
