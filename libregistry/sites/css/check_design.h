#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/findings/finding.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/sites/designs/design_document.h"

namespace smbatcher {

/// Checks the design document at `path`, named `shown` in findings: headings that are there and have something below
/// them, front matter that can be read, a palette of colours, fonts, and the contrast of text on its background. With
/// the severities of rules.h. Source: docs/checks.md, "check-design".
///
/// An absent document, and one that cannot be understood, are findings. Errors: kIo when it cannot be read.
Result<std::vector<Finding>> check_design(FileOps& ops, const std::string& path, const std::string& shown,
                                          const std::vector<std::string>& required_headings);

/// What read_design() said, as a finding: "design-missing" or "design-front-matter"; any other error stays one.
Result<std::vector<Finding>> unread_design(const Error& error, const std::string& shown);

/// The least contrast of text that WCAG 2.1 asks for at level AA.
inline constexpr double kLeastContrast = 4.5;

}  // namespace smbatcher
