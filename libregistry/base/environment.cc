#include "libregistry/base/environment.h"

#include <cstdlib>

namespace smbatcher {

std::string environment_text(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing sets it
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace smbatcher
