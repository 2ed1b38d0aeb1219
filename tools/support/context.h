#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/core/output/outcome.h"

namespace smbatcher {

/// The options that every tool has, as they were given; what they default to is the library's to say.
struct CommonOptions {
  std::optional<std::string> registry;
  std::optional<std::string> lock_file;
  std::optional<std::chrono::seconds> lock_timeout;
  Format format = Format::kText;
  bool json = false;  // --json; `format` says it too
};

/// What every answer of a call says besides its own, whether it is OK, FAIL or ERROR: run_tool() adds it.
struct Standing {
  std::optional<std::string> registry;  // named as "registry" by answers that do not name it themselves
  std::vector<Warning> warnings;
};

/// What a tool's run() is given: its surroundings, so that a test can give others.
struct Context {
  const Clock& clock;
  FileOps& ops;
  CommonOptions common;
  std::string tool;              // the tool's name, e.g. for the history
  Standing* standing = nullptr;  // filled in by who learns it
};

}  // namespace smbatcher
