#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libregistry/core/base/result.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// A variable of the environment. An empty one is no other than an absent one: CI systems set variables that nobody
/// filled in.
std::optional<std::string> environment_value(const char* name);

/// Hands `value` on to the later steps of a GitHub workflow: appends "name=value" to the file that GITHUB_OUTPUT names,
/// in one write. Does nothing where it names none. `value` has no line end: one would begin another name.
/// Errors: as AppendFile.
Result<void> add_github_output(FileOps& ops, std::string_view name, std::string_view value);

}  // namespace smbatcher
