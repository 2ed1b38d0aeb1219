#pragma once

#include <chrono>
#include <string>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

inline constexpr std::size_t kMaxHookInput = std::size_t{64} * 1024 * 1024;
inline constexpr std::chrono::milliseconds kHookInputTime{2000};

/// Standard input to its end, or what has come after kHookInputTime: an agent that keeps the other end open must not be
/// waited for. Nothing is read from a terminal. Errors: kIo "input_too_large"; what read(2) said.
Result<std::string> read_hook_input();

}  // namespace smbatcher
