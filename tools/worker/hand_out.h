#pragma once

#include "libregistry/core/output/outcome.h"
#include "tools/support/context.h"
#include "tools/worker/run_claim.h"

namespace smbatcher {

/// A run without a command: the caller does the work. The first call claims a batch, prepares its sites and tells what
/// to do and how to go on; a later one, with the claim's token or by its owner, completes the sites that pass and lists
/// the rest. Source: docs/workers.md, "Working by hand".
Result<Outcome> hand_out(const Context& context, const QueueContext& queue, const RunClaim& claim);

}  // namespace smbatcher
