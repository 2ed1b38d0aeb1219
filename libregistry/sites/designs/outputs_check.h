#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/config/config.h"
#include "libregistry/core/config/locate.h"

namespace smbatcher {

/// The folder of a site in the tree where the caller works. Errors: kUsage "invalid_domain", since a path is built only
/// from what is_domain() accepts.
Result<std::string> site_folder(const RegistryPaths& paths, const Config& config, const std::string& domain);

/// Those of `required_files` (relative to `folder`) that are absent, empty, no regular files, or symbolic links that
/// lead out of `folder`. No file is opened, so that a named pipe blocks nobody.
///
/// An absent folder is an answer: all are missing. Errors: kIo when it cannot be told.
Result<std::vector<std::string>> missing_outputs(const std::string& folder,
                                                 const std::vector<std::string>& required_files);

}  // namespace smbatcher
