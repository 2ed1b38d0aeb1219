#pragma once

#include <set>
#include <string>
#include <vector>

#include "libregistry/queue/records/history.h"
#include "libregistry/queue/records/record.h"
#include "libregistry/queue/records/work_records.h"
#include "libregistry/queue/registry/registry.h"

namespace smbatcher {

/// Everything that is known of the claims on a registry.
struct ClaimsState : ClaimsFacts {
  WorkRecords records;
  std::set<WorkKey> held_back;  // their claim file has a newer format: not given out, not written
  std::vector<Warning> warnings;

  const WorkRecord* find(const WorkKey& key) const { return records.find(key); }
};

/// How an intent whose closing line is missing ended, judged by the registry as it is now. Pure.
///
/// The bytes are "after", or are neither and every row shows its new status: done. Otherwise void; except that a claim
/// made on another boot whose bytes are "before" keeps its lease: it may have been reported, its closing line lost with
/// the power and the bytes brought back by git. Source: docs/claims-and-leases.md, "Settling".
Closing settle(const Event& intent, const Registry& registry, const std::string& registry_hash,
               const std::string& boot);

/// The state of the claims as one pure function of history and registry. Locked calls, readers, rebuild and tests all
/// use it; claim files are its cache. Renewals are not in the history: see keep_renewals.
ClaimsState fold(const History& history, const Registry& registry, const std::string& registry_hash,
                 const std::string& boot);

/// Applies one event that ended as `closing` to `state`: the step that fold repeats.
void apply(ClaimsState& state, const Event& event, Closing closing);

/// What an event says of how far the sites of `key` are: completions bring them forward, `reopen` takes that back, and
/// "rewound" has been said. Pure, and the same twice.
void note_rows(WorkRecord& record, const WorkKey& key, const Event& event);

/// What a readable claim file adds to a record of the history: a renewal of the same token, and the boots it was seen
/// on. A file that differs in anything else proves nothing.
void keep_renewal(WorkRecord& record, const WorkRecord& from_file);

/// A lease whose renewals are lost runs its full length from `now`.
void restart_lease(WorkRecord& record, const Instant& now);

}  // namespace smbatcher
