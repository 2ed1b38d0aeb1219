#pragma once

#include <string>
#include <string_view>

namespace smbatcher::test {

/// The page with its tables of answer words as libregistry/core/base/words.h has them. A table stands below the heading
/// and between two comments:
///
///     <!-- words: fail, details, meaning -->
///     …
///     <!-- end of words -->
///
/// The first comment names the kind and the columns after the word, of details, meaning and remedy. The rest of the
/// page stays as it is. Throws std::runtime_error where a comment cannot be understood or has no end.
std::string with_word_tables(std::string_view page);

}  // namespace smbatcher::test
