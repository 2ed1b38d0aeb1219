#pragma once

#include "libregistry/core/base/result.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// Creates .smbatcher/.gitignore for what is one machine's own (lock, history, claims, briefs, logs, temporaries,
/// conflict copies). An existing file is left as it is.
Result<void> write_ignore_file(FileOps& ops, const RegistryPaths& paths);

}  // namespace smbatcher
