#pragma once

#include <chrono>
#include <optional>

#include "libregistry/core/output/outcome.h"
#include "tools/support/context.h"
#include "tools/worker/batch_work.h"
#include "tools/worker/run_claim.h"

namespace smbatcher {

struct WorkerSetting {
  RunClaim claim;
  BatchWork::Setting work;
  bool loop = false;
  std::optional<std::chrono::seconds> wait;   // for work that is held, delayed or behind
  std::optional<std::uint64_t> max_failures;  // so many batches in a row without a success end a loop
};

/// Claims batch after batch (or one), works on each, and tells what came of it. A loop goes on after batches without a
/// success, a lost lease and a lock that was not free, with a pause that grows; it ends for what concerns every site.
/// Its leases are bound to a Witness, so that a batch is not taken over while anything that we have started still runs.
/// Source: docs/workers.md.
Result<Outcome> work(const Context& context, const QueueContext& queue, const WorkerSetting& setting);

}  // namespace smbatcher
