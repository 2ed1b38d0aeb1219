#pragma once

#include <string>
#include <string_view>

#include "libregistry/core/base/clock.h"

namespace smbatcher {

/// `claude-YYYYMMDD-HHMMSS-xxxxxxxx`: what callers may be called. Source: docs/coordination.md, "Identity".
bool is_instance_id(std::string_view text);
/// The same, or `claude-manual-…` as the originals' commands name themselves: what may stand in files.
bool is_stored_instance_id(std::string_view text);

/// An id that nobody else has: the time in UTC and 32 bits of getrandom(2).
std::string fresh_instance_id(WallTime now);

}  // namespace smbatcher
