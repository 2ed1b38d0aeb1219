#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/findings/finding.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/sites/html/page.h"

namespace smbatcher {

/// A page is not parsed when it is larger or deeper: the parser's time grows with the square of the depth.
inline constexpr std::size_t kMaxPageSize = std::size_t{2} << 20U;
inline constexpr std::size_t kMaxPageDepth = 512;
/// The same for the attributes of one tag.
inline constexpr std::size_t kMaxAttributes = 1000;

/// What was read of one page.
struct CheckedPage {
  std::vector<Finding> findings;  // with the severities that rules.h has; to be given to with_levels()
  std::optional<HtmlPage> page;   // nothing when it was not parsed; a finding says why
};

/// Validates a page. `file` is what findings name it by. Any bytes at all. Source: docs/checks.md, "check-html".
CheckedPage check_page(std::string bytes, const std::string& file);

/// The same for the file at `path`; one that is too large is not read. Errors: those of read_file() but
/// "file_too_large".
Result<CheckedPage> check_page_at(FileOps& ops, const std::string& path, const std::string& file);

/// True for names that end in .html or .htm, in any case.
bool is_page_name(std::string_view name);

}  // namespace smbatcher
