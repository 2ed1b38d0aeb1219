#pragma once

#include "libregistry/core/base/json.h"

namespace smbatcher {

/// An audit that ended, as far as `statistics` counts it.
struct CountedAudit {
  bool was_queued = false;
  bool again = false;         // the repository had been audited before
  bool github_ready = false;  // it is ready now, and no earlier audit found it so
};

/// `statistics` after an audit. Keys that we do not know stay.
///
/// No number is ever negative and percent_complete is 0 to 100, whatever stood there: a repository that was in no queue
/// makes the total grow, one that is audited again and is in no queue counts no second time, and a total of zero is 0
/// percent. Rounded as Python's round(): halves to the even number. Source: docs/audit-queue.md, "Statistics".
JsonObject count_audit(const Json& statistics, const CountedAudit& audit);

/// `statistics` with another number of audits in progress.
JsonObject with_in_progress(const Json& statistics, int in_progress);

}  // namespace smbatcher
