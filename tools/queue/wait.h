#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "libregistry/core/output/outcome.h"
#include "libregistry/queue/ledger/queue_context.h"

namespace smbatcher {

/// Calls `attempt` until it answers anything but "no_work_found", or `wait` is over. Between attempts it sleeps,
/// without the lock, until the registry or its history changes (inotify), the answer's retry_after_s is over, or a
/// moment has passed in which a bound process may have ended.
Result<Outcome> wait_for_work(const QueueContext& queue, const std::optional<std::chrono::seconds>& wait,
                              const std::function<Result<Outcome>()>& attempt);

}  // namespace smbatcher
