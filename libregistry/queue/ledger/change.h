#pragma once

#include <functional>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/draft.h"
#include "libregistry/queue/verbs/request.h"

namespace smbatcher {

/// The one way to change a registry or its claims.
///
/// Under the lock: settle what a dead process left, read, plan the request, then write what the draft holds as one
/// event:
///   1. the event, as an open intent, to the history, synced
///   2. the claim files (a cache, not synced)
///   3. the registry, replaced whole: the commit point
///   4. the closing line (derived, not synced)
/// A kill between any two of these leaves what the next call under the lock repairs. When somebody saves the registry
/// between reading and publishing, the intent is voided and everything is planned again on what they saved.
/// Source: docs/claims-and-leases.md, "How a change is written".
///
/// Errors: what the verb refuses; kBusy "lock_timeout"; kIo "conflict" when others kept saving until the lock timeout
/// was over; what reading and writing the files meets. An error means that nothing was changed.
Result<Answer> change(const QueueContext& queue, const Request& request);

/// What change() would answer now. Takes no lock and writes nothing.
Result<Answer> preview(const QueueContext& queue, const Request& request);

/// A request as what plans it: reads and changes the draft, and answers. It may run several times in one call (somebody
/// saved the registry meanwhile), so it keeps no state of its own.
using Verb = std::function<Result<Answer>(Draft&)>;

/// The same for what is no request: reads of the ledger itself, and tests.
Result<Answer> change(const QueueContext& queue, const Verb& verb);
Result<Answer> preview(const QueueContext& queue, const Verb& verb);

}  // namespace smbatcher
