#include "tools/support/own_program.h"

#include <sys/auxv.h>

#include <filesystem>

namespace smbatcher {

std::string own_program() {
  std::error_code error;
  std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) {
    const auto* const started_by = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // NOLINT: getauxval(3)
    path = std::filesystem::canonical(started_by == nullptr ? "" : started_by, error);
  }
  return path.string();
}

}  // namespace smbatcher
