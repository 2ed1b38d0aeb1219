#pragma once

#include <string>
#include <string_view>

namespace smbatcher {

/// `text` as HTML shows it, in content and in quoted attributes; control characters as blanks.
std::string html_text(std::string_view text);

}  // namespace smbatcher
