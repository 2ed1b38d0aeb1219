#pragma once

#include <vector>

#include "libregistry/core/config/locate.h"
#include "libregistry/core/output/outcome.h"

namespace smbatcher {

/// Warns of files of this machine's state that git tracks, so that a checkout would bring back those of another moment
/// or machine: "state_tracked", with the way out. Nothing where there is no git, or no repository.
std::vector<Warning> tracked_state(const RegistryPaths& paths);

}  // namespace smbatcher
