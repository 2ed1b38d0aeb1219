#pragma once

#include "libregistry/queue/verbs/draft.h"

namespace smbatcher {

/// Work in progress without a lease (a person or another script wrote the status) gets one of owner "unknown" and the
/// default length, so that it is not given out at once and comes back by itself. Every call under the lock does this.
void lease_unclaimed_work(Draft& draft);

}  // namespace smbatcher
