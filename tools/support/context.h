#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "libregistry/base/clock.h"
#include "libregistry/fs/file_ops.h"
#include "libregistry/output/outcome.h"

namespace smbatcher {

/// The options that every tool has, as they were given; what they default to is the library's to say.
struct CommonOptions {
  std::optional<std::string> registry;
  std::optional<std::string> lock_file;
  std::optional<std::chrono::seconds> lock_timeout;
  Format format = Format::kText;
  bool json = false;  // --json; `format` says it too
};

/// What a tool's run() is given: its surroundings, so that a test can give others.
struct Context {
  const Clock& clock;
  FileOps& ops;
  CommonOptions common;
  std::string tool;  // the tool's name, e.g. for the history
};

}  // namespace smbatcher
