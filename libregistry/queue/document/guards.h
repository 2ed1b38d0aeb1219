#pragma once

#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/queue/document/collapse.h"
#include "libregistry/queue/document/lines.h"

namespace smbatcher {

/// The errors that Document::parse lists. The limits hold for what cmark-gfm is given.
Result<void> check_source(const Lines& lines, const Collapsed& shown, const std::string& path);

}  // namespace smbatcher
