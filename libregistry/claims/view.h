#pragma once

#include <optional>

#include "libregistry/claims/claim_files.h"
#include "libregistry/claims/history_file.h"
#include "libregistry/claims/queue.h"
#include "libregistry/claims/state.h"
#include "libregistry/registry/registry_file.h"

namespace smbatcher {

/// Registry and claims as they are at one moment.
struct View {
  LoadedRegistry loaded;
  ClaimsState state;
  Instant now;
  std::optional<Event> begin;  // the first line of a new history; written with the first change
};

/// A view derived from the whole history, and what was found on the way: the input of repairs.
struct Rebuilt {
  ClaimsState state;
  std::optional<Event> begin;
  std::optional<Event> open;         // the intent without a closing line
  Closing closing = Closing::kVoid;  // how it ended
  std::vector<WorkKey> unreadable;   // claim files to be set aside
  bool torn = false;                 // the last line of the history must be closed
};

/// Derives the claims from the history: fold, then what the claim files add (renewals of the same token). A lease whose
/// renewals are lost, or that is first seen on this boot, runs its full length from now. Writes nothing.
///
/// A history that is missing, or shorter than the cache remembers, gives no token twice: the next one is then the
/// current time in milliseconds, and the leases that the claim files show go on. Source: docs/claims-and-leases.md,
/// "Tokens". Errors: kMalformed "newer_format".
Result<Rebuilt> rebuild(const Queue& queue, const HistoryFile& history, const ClaimFiles& files,
                        const std::optional<CacheState>& cache, const LoadedRegistry& loaded, const Instant& now);

/// The view of a reader: takes no lock, writes nothing, works on a read-only file system. An open intent is settled in
/// memory only; what changed while it was read is read again.
Result<View> read_view(const Queue& queue);

}  // namespace smbatcher
