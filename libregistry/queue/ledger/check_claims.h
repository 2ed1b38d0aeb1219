#pragma once

#include <vector>

#include "libregistry/core/base/warning.h"
#include "libregistry/queue/ledger/queue_context.h"

namespace smbatcher {

/// Where claims and registry do not go together, for check-registry; of each kind the first 20, or `all`. Reads
/// only. Errors: those of reading the claims.
Result<std::vector<Warning>> check_claims(const QueueContext& queue, bool all = false);

}  // namespace smbatcher
