#pragma once

#include <optional>
#include <string>

#include "libregistry/claims/queue.h"
#include "tools/support/context.h"

namespace smbatcher {

struct OpenOptions {
  std::optional<std::string> owner;  // shown to those who wait for the lock
  std::optional<std::string> root;   // --root: where the sites are
  bool may_create = false;
};

/// Where the registry is, by the common options and the environment. Errors: those of locate_registry().
Result<RegistryPaths> find_registry(const Context& context, const OpenOptions& options = {});

/// Finds the registry so, and reads its config. Opens nothing else.
Result<Queue> open_queue(const Context& context, const OpenOptions& options = {});

}  // namespace smbatcher
