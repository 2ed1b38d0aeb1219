#pragma once

#include <string>

#include "libregistry/base/result.h"
#include "libregistry/document/collapse.h"
#include "libregistry/document/lines.h"

namespace smbatcher {

/// The errors that Document::parse lists. The limits hold for what cmark-gfm is given.
Result<void> check_source(const Lines& lines, const Collapsed& shown, const std::string& path);

}  // namespace smbatcher
