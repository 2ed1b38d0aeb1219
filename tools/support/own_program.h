#pragma once

#include <string>

namespace smbatcher {

/// The path of the executable that runs, links followed. Where /proc is not mounted, the path that it was started by.
std::string own_program();

}  // namespace smbatcher
