#pragma once

#include <string>
#include <string_view>

namespace smbatcher {

/// The text in which letters that differ in case only are one: Unicode's simple case folding for Latin, Greek, Cyrillic
/// and Armenian, which have nearly all cased letters that are in use. Other text, invalid UTF-8 too, stays as it is.
/// Source: unicode.org, CaseFolding.txt, status C and S.
std::string fold_case(std::string_view text);

/// The code points of a text that a reader may not see or take for others, "U+200B, U+041E": controls, and all beyond
/// ASCII. At most four of them.
std::string unusual_code_points(std::string_view text);

}  // namespace smbatcher
