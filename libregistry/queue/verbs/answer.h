#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/core/leases/lease.h"
#include "libregistry/queue/records/history.h"

namespace smbatcher {

/// What a verb answers. Members that a verb has nothing to say of stay empty.
struct Answer {
  std::string batch;
  std::optional<Phase> phase;
  std::vector<std::string> sites;  // what the caller now works on, or what the verb was asked to change
  std::string action;              // start, continue, adopt, lock
  std::optional<Status> from;      // the status found
  std::optional<Status> status;    // what it became
  std::optional<Lease> lease;
  std::optional<WallTime> last_renewed;  // of a lease that is continued
  std::vector<std::string> remaining;    // domains of the lease that are not finished
  std::vector<std::string> absent;       // those of `remaining` that have no row
  std::vector<std::string> buried;       // those of `sites` that are held back now
  std::vector<std::string> batches;      // every batch touched, where there may be several
  std::vector<RowChange> rows;           // what changed in the registry
  bool repeated = false;                 // everything was done already, by this very caller
  bool late = false;                     // the lease had lapsed, and nobody had taken the work
  bool durable = true;                   // false: the system refused to confirm it
  std::optional<Error> refusal;          // the answer is no, but what the draft holds is kept (burials)
  std::vector<Warning> warnings;
};

}  // namespace smbatcher
