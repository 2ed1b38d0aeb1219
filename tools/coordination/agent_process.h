#pragma once

#include <sys/types.h>

#include <optional>

namespace smbatcher {

/// The process of the agent that runs this hook: the nearest of its ancestors that is not a shell, since agents run
/// hooks by `sh -c`. nullopt when there is none below the first process, or /proc does not tell.
std::optional<pid_t> agent_process();

}  // namespace smbatcher
