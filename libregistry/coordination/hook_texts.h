#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libregistry/coordination/coordination.h"

namespace smbatcher {

/// What an agent that is denied a write is told: who holds the file, and the commands to wait for it and to release it.

/// As a message shows a path.
std::string quoted_path(std::string_view path);

/// A call of coord-lock that means what the hook means, from a shell in `working_dir`: with the tree and the instance
/// where the shell's own would be others. `id` may be empty.
struct LockCommands {
  std::string acquire;
  std::string release;
};
LockCommands lock_commands(const ProjectPath& path, const CoordinationPlace& place, const std::string& working_dir,
                           const std::string& id);

std::string held_text(const ProjectPath& path, const LockView& held, const LockCommands& commands);
std::string queued_text(const ProjectPath& path, const LockCommands& commands);

}  // namespace smbatcher
