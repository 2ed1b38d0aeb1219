#pragma once

#include <vector>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/verbs/request.h"

namespace smbatcher {

/// A registry that does not exist yet, with `sites` in it, and its history with the first token 1; preview_creation()
/// says what it would answer. kRefused "already_exists" when somebody else made one meanwhile: register_sites is then
/// the way.
Result<Answer> create_registry(const QueueContext& queue, const std::vector<NewSite>& sites, const Caller& caller);

/// RegisterRequest, whether or not there is a registry: into the one that is there, else into a new one. A registry
/// that git tracks and has not checked out is not begun anew ("registry_not_found").
Result<Answer> change_or_create(const QueueContext& queue, const RegisterRequest& request, const Caller& caller);

/// What change_or_create() would answer. Changes nothing.
Result<Answer> preview_or_create(const QueueContext& queue, const RegisterRequest& request, const Caller& caller);

}  // namespace smbatcher
