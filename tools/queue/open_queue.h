#pragma once

#include <optional>
#include <string>

#include "libregistry/queue/ledger/queue_context.h"
#include "tools/support/context.h"

namespace smbatcher {

struct OpenOptions {
  std::optional<std::string> owner;  // shown to those who wait for the lock
  std::optional<std::string> root;   // --root: where the sites are
  bool may_create = false;
  bool enrolls = false;  // adds sites or batches: an outer registry must be named for that
};

/// Where the registry is, by the common options and the environment. That of an outer repository is told in every
/// answer of the call. Errors: those of locate_registry(), kNotFound "directory_not_found" for a --root that
/// is none, and kUsage "outer_registry" where options.enrolls.
Result<RegistryPaths> find_registry(const Context& context, const OpenOptions& options = {});

/// Finds the registry so, and reads its config. Opens nothing else.
Result<QueueContext> open_queue(const Context& context, const OpenOptions& options = {});

}  // namespace smbatcher
