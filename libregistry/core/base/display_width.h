#pragma once

#include <cstddef>
#include <string_view>

namespace smbatcher {

/// How many columns a UTF-8 text takes where every letter has the width of one or two, as in a terminal or an editor:
/// none for combining marks and other signs without a place of their own, two for what East Asian scripts write wide
/// and for emoji, of which a sequence joined to one picture counts once. A byte that is no UTF-8 takes one.
std::size_t display_width(std::string_view text);

}  // namespace smbatcher
