#pragma once

#include <optional>
#include <string>

#include "libregistry/coordination/coordination.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Who calls: one identity per agent, never one per folder.
struct IdentitySources {
  std::optional<std::string> id;       // --id
  std::string environment;             // COORD_INSTANCE_ID; empty when unset
  std::optional<std::string> session;  // what was registered for a hook's session and agent
};

/// The first of: `id`, `environment`, `session`, and what `.claude/.instance_env` names, provided that it names exactly
/// one instance that lives. Errors: kUsage "invalid_argument" for an id that does not match the pattern; kUsage
/// "no_instance" when none is known, with the way to get one.
Result<std::string> identify(const Coordination& coordination, const IdentitySources& sources);

}  // namespace smbatcher
