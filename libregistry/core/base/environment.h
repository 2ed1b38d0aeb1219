#pragma once

#include <string>

namespace smbatcher {

/// A variable of the environment as it is; "" when it is not set. For those of which an empty one says no more than an
/// absent one.
std::string environment_text(const char* name);

/// The name of this machine; "" when the system does not say.
std::string host_name();

}  // namespace smbatcher
