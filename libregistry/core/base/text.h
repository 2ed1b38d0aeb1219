#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smbatcher {

/// ASCII only: registry words, ids and domains are ASCII, and a locale must not change what they mean.
std::string to_lower(std::string_view text);
std::string_view trim(std::string_view text);  // spaces and tabs
std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// "1 site", "3 sites", "2 batches", "0 repositories": the one place where a noun gets its plural. `noun` is singular.
std::string counted(std::size_t count, std::string_view noun);

/// How many code points the text has; a byte that begins none is none.
std::size_t count_code_points(std::string_view text);

/// Control characters, DEL and invalid UTF-8 as \n, \t or \xNN, so that a result stays one line.
std::string escape_control(std::string_view text);
/// The same, of at most `most` bytes: the beginning of a longer text, and "…".
std::string one_line(std::string_view text, std::size_t most);
/// What some editors put before UTF-8 text.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
bool is_valid_utf8(std::string_view text);
/// The offset of the first byte that is not UTF-8 (RFC 3629); npos when there is none.
std::size_t find_invalid_utf8(std::string_view text);

/// The candidate nearest to `word` by edit distance; empty when none is near (more than a third of its letters differ).
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// Quoted for /bin/sh where it needs to be, as it is otherwise.
std::string shell_quote(std::string_view text);

}  // namespace smbatcher
