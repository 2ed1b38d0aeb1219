#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// Whether a design document has the headings that a finished one must have.
struct DesignCheck {
  bool present = false;              // the file is there
  std::vector<std::string> missing;  // of the required headings, in their order; all when the file is absent

  bool passed() const { return present && missing.empty(); }
};

/// Compares the headings of the Markdown file at `path`, of any level, with `required` by their text without regard to
/// case. Front matter is skipped; a line in a code block is not a heading; a heading whose section holds only comments,
/// as in a skeleton, is missing. Source: docs/site-files.md, "Required headings".
///
/// An absent file is an answer. Errors: kMalformed "invalid_utf8" and the other guards of Document::parse; those of
/// read_file(), with a limit of 8 MiB.
Result<DesignCheck> check_headings(FileOps& ops, const std::string& path, const std::vector<std::string>& required);

}  // namespace smbatcher
