#pragma once

#include <string>
#include <vector>

#include "libregistry/claims/queue.h"

namespace smbatcher {

/// What a site lacks before its work in `phase` is complete; empty when it passes: required headings of its design, or
/// required files. For use without the registry's lock. Source: docs/site-files.md.
Result<std::vector<std::string>> phase_lacks(const Queue& queue, Phase phase, const std::string& domain);

/// "missing_headings" or "missing_files": the reason of a refusal for what phase_lacks() tells.
std::string lack_of(Phase phase);

}  // namespace smbatcher
