#pragma once

#include <string>
#include <vector>

#include "tests/support/process.h"

namespace smbatcher::test {

/// The machine starts again where the power failed. So what is done before runs on a boot of another name, and what is
/// done afterwards on the real one.
inline constexpr const char* kEarlierBoot = "0b0070b0-0070-4070-8070-0b0070b00700";

/// strace options with which the command reads kEarlierBoot where the kernel says which boot this is. They hold for a
/// folder as it is now: which read(2) it is, is found out by a run on a copy of it.
std::vector<std::string> on_earlier_boot(const Command& command);

/// Runs it so.
ProcessResult run_on_earlier_boot(const Command& command);

}  // namespace smbatcher::test
