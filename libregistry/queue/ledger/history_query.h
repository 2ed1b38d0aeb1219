#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/records/history.h"

namespace smbatcher {

struct HistoryFilter {
  std::optional<std::string> batch;
  std::optional<std::string> domain;
  std::optional<std::string> owner;
  std::optional<WallTime> since;
  std::optional<std::size_t> limit;  // the newest N

  bool matches(const Event& event) const;
};

/// The events that match, oldest first, with what is damaged. Reads the history only: no lock, no registry.
Result<History> read_history(const QueueContext& queue, const HistoryFilter& filter);

/// The batches whose rows an event changes or whose lease it grants, renews or ends, in order. Leases for work that was
/// found unclaimed ride on whatever event comes first: they are left out, unless the event is about nothing else.
std::vector<std::string> batches_of(const Event& event);

/// The sites an event is about, in alphabetical order: those whose row, attempts or burial it changes, and those whose
/// lease it grants or ends. Leases for work that was found unclaimed are left out as for batches_of().
std::vector<std::string> sites_of(const Event& event);

}  // namespace smbatcher
