#pragma once

#include <vector>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {

/// A registry that does not exist yet, with `sites` in it, and its history with the first token 1; preview_creation()
/// says what it would answer. kRefused "already_exists" when somebody else made one meanwhile: register_sites is then
/// the way.
Result<Answer> create_registry(const QueueContext& queue, const std::vector<NewSite>& sites, const Caller& caller);

}  // namespace smbatcher
