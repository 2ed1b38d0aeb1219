#pragma once

#include <string>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// Appends `export COORD_INSTANCE_ID=<id>` to a file that a shell reads, unless its last such line says so already.
/// Creates the file. Errors: those of AppendFile.
Result<void> export_instance(FileOps& ops, const std::string& path, const std::string& id);

}  // namespace smbatcher
