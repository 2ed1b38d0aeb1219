#pragma once

#include <string>
#include <vector>

#include "libregistry/coordination/coordination.h"
#include "libregistry/core/base/json.h"
#include "libregistry/core/output/outcome.h"

namespace smbatcher {

/// How locks are told: `file_path`, `holder`, `live`, `left_s` and so on.
Json to_json(const LockView& view);
/// "src/a.py by claude-… (Fix the parser), 4 min left: Editing file"
std::string describe(const LockView& view);

/// FAIL:held:<holder>:<seconds>, or FAIL:queued:<path> for what nobody holds but others wait for; exit 10.
Outcome held_by_others(const std::vector<LockView>& held, const std::vector<std::string>& queued);

}  // namespace smbatcher
