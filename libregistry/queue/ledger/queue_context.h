#pragma once

#include <chrono>

#include "libregistry/core/config/config.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/queue/registry/registry_file.h"
#include "libregistry/queue/verbs/draft.h"

namespace smbatcher {

/// One registry and what a call needs to work on it. Nothing is opened until it is needed.
struct QueueContext {
  FileOps* ops = nullptr;
  const Clock* clock = nullptr;
  const ProcessTable* processes = nullptr;
  RegistryPaths paths;
  Config config;
  std::chrono::milliseconds lock_timeout{60000};
  HolderFacts holder;

  Policy policy() const {
    return {config.lease,
            config.max_attempts,
            {config.retry_first, config.retry_factor, config.retry_longest},
            config.clock_skew,
            static_cast<std::size_t>(config.batch_size)};
  }
};

}  // namespace smbatcher
