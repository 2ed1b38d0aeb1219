#pragma once

#include <optional>
#include <string>

#include "libregistry/core/base/result.h"
#include "tools/support/options.h"

namespace smbatcher {

/// The options of every tool that writes.
struct WriteOptions {
  std::optional<std::string> owner;
  bool dry_run = false;

  void declare(OptionSet& options);
  /// --owner, else SMBATCHER_OWNER, else nobody. An empty SMBATCHER_OWNER is nobody. Errors: kUsage "invalid_argument".
  Result<std::optional<std::string>> named_owner() const;
};

}  // namespace smbatcher
