#pragma once

#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/sites/designs/design_document.h"

namespace smbatcher {

/// The front matter at `front`, understood. For use inside libregistry/designs.
///
/// YAML's traps are errors that say what to write instead: a colour without quotes (a comment, so it is nothing), a key
/// that stands twice, tabs, aliases that multiply, front matter without an end. Errors: kMalformed "design_invalid"
/// with "path:line", the line in the file.
Result<DesignFields> read_fields(const Lines& lines, const FrontMatterRange& front, const std::string& path);

}  // namespace smbatcher
