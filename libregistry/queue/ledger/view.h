#pragma once

#include <optional>
#include <utility>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/records/claim_files.h"
#include "libregistry/queue/records/history_file.h"
#include "libregistry/queue/records/state.h"
#include "libregistry/queue/registry/registry_file.h"

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
  std::optional<Warning> lost;       // "state_lost": a history begins where there was one
};

/// Derives the claims from the history: fold, then what the claim files add (renewals of the same token). A lease whose
/// renewals are lost, or that is first seen on this boot, runs its full length from now. Writes nothing.
///
/// A history that is missing, or shorter than the cache remembers, gives no token twice: the next one is then the
/// current time in milliseconds, and the leases that the claim files show go on. Source: docs/claims-and-leases.md,
/// "Tokens". Errors: kMalformed "newer_format".
Result<Rebuilt> rebuild(const QueueContext& queue, const HistoryFile& history, const ClaimFiles& files,
                        const std::optional<IndexFile>& index, const LoadedRegistry& loaded, const Instant& now);

/// The records behind `index`, if it is of this history and this boot; nullopt when it is not to be believed.
Result<std::optional<ClaimsState>> state_of_index(const std::optional<IndexFile>& index, const ClaimFiles& files,
                                                  const HistoryMark& mark, const std::string& boot);

enum class Reading {
  kAsNeeded,  // each claim file when it is asked for: the user looks at WorkRecords::fits()
  kWhole,     // all claim files; the history where they do not fit
  kHistory,   // everything is derived from the history, the claim files only add renewals
};

/// The view of a reader: takes no lock, writes nothing, works on a read-only file system. An open intent is settled in
/// memory only; what changed while it was read is read again.
Result<View> read_view(const QueueContext& queue, Reading reading = Reading::kWhole);

/// What `use`, a function of a View that answers a Result, makes of a reader's view. It is run again when a claim file
/// that it asked for turned out not to fit: mostly a writer was faster.
template <class Use>
auto read_and(const QueueContext& queue, Use use) -> decltype(use(std::declval<const View&>())) {
  constexpr int kTries = 3;
  for (int tries = 1;; ++tries) {
    SMB_TRY_ASSIGN(const View view, read_view(queue, tries < kTries ? Reading::kAsNeeded : Reading::kHistory));
    auto result = use(view);
    if (view.state.records.error()) {
      return fail(*view.state.records.error());
    }
    if (view.state.records.fits()) {
      return result;
    }
  }
}

}  // namespace smbatcher
