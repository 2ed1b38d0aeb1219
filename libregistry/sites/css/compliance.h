#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/findings/finding.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/sites/designs/design_document.h"

namespace smbatcher {

/// Holds a built site against its design: colours and fonts of the design are used, and no others; sections, title and
/// description are there. Files of findings are relative to `site_folder`; the design is named `design_file` there.
/// Source: docs/checks.md, "Compliance".
///
/// Errors: kNotFound "directory_not_found"; kIo when a file cannot be read. What the design lacks (a palette, fonts) is
/// check-design's to say: it is not compared here.
Result<std::vector<Finding>> check_compliance(const std::string& site_folder, const DesignDocument& design,
                                              const std::string& design_file = "DESIGN.md");

/// The same with the design that is in the folder: that it is absent, or cannot be understood, is a finding.
Result<std::vector<Finding>> check_compliance_at(FileOps& ops, const std::string& site_folder,
                                                 const std::string& design_file);

}  // namespace smbatcher
