#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "tests/support/tools.h"

namespace smbatcher::test {

/// A tool of a build that is broken on purpose; tests/variants/CMakeLists.txt lists them.
inline std::string variant_path(std::string_view variant, std::string_view tool) {
  return built_dir() + "/../variants/" + std::string(variant) + "/" + std::string(tool);
}

/// The same call of a shipped tool, made with that tool of `variant`.
inline Command in_variant(std::string_view variant, Command command) {
  std::string& program = command.argv.front();
  program = variant_path(variant, program.substr(program.rfind('/') + 1));
  return command;
}

}  // namespace smbatcher::test
