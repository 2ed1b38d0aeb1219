#pragma once

#include <string>
#include <vector>

#include "libregistry/sites/designs/batch_notes.h"

namespace smbatcher {

/// A design document to begin with: front matter with what is known, and the required headings, each with a comment
/// that says what belongs there. Source: docs/site-files.md, "Skeletons".
///
/// It reads without an error and does not pass check_headings(): sections that hold only comments are missing.
std::string render_skeleton(const SiteNotes& notes, const std::string& batch, const std::vector<std::string>& headings);

}  // namespace smbatcher
