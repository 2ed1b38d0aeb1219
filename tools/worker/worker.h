#pragma once

#include <chrono>
#include <optional>

#include "libregistry/output/outcome.h"
#include "tools/support/context.h"
#include "tools/worker/batch_work.h"
#include "tools/worker/run_claim.h"

namespace smbatcher {

struct WorkerSetting {
  RunClaim claim;
  BatchWork::Setting work;
  bool loop = false;
  std::optional<std::chrono::seconds> wait;  // for work that is held, delayed or behind
};

/// Claims batch after batch (or one), works on each, and tells what came of it. Its leases are bound to a Witness, so
/// that a batch is not taken over while anything that we have started still runs. Source: docs/workers.md.
Result<Outcome> work(const Context& context, const Queue& queue, const WorkerSetting& setting);

}  // namespace smbatcher
