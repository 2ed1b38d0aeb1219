#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libregistry/core/base/result.h"
#include "libregistry/core/output/outcome.h"

namespace smbatcher {

/// What `smbatcher` says of itself and of its operations: all of it derived from operations().

/// At most 24 lines of 80 columns: what it is, the verbs of an agent's day, the groups.
std::string first_screen();

/// True for a group of `smbatcher help GROUP`.
bool is_group(std::string_view name);

/// The operations of a group, a line each.
std::string group_listing(std::string_view group);

/// For programs: all operations, or those of one group.
Outcome operations_as_json(const std::optional<std::string>& group);

/// "unknown_tool", with the operations that `name` is near to, or whose name or summary has it.
Error unknown_operation(const std::string& name);

}  // namespace smbatcher
