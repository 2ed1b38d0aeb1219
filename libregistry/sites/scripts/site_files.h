#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// The files below `folder` whose name ends in one of `endings` (".html"), in lower or upper case: relative to it, in
/// order. Left out are names that begin with a dot and node_modules; links to folders, and links to files that lead out
/// of the folder. Errors: kNotFound "directory_not_found"; kIo when a folder cannot be read.
Result<std::vector<std::string>> find_site_files(const std::string& folder,
                                                 const std::vector<std::string_view>& endings);

}  // namespace smbatcher
