#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/verbs/select.h"

namespace smbatcher {

/// A site as status shows it.
struct SiteView {
  std::string domain;
  std::string name;
  Status status = Status::kRegistered;
  std::size_t line = 0;
  bool damaged = false;
  int attempts = 0;
  std::optional<Burial> buried;
  std::chrono::seconds delayed_for{0};
  std::optional<Failure> failure;  // why the latest attempt came to nothing
};

/// A site of a claim whose row is not in the batch any more.
struct AbsentSite {
  std::string domain;
  std::optional<std::string> batch;  // where its row is now, empty for no batch; nullopt: it has no row
};

/// A batch as status shows it, in the phase in which it stands.
struct BatchView {
  std::string batch;
  Phase phase = Phase::kDesign;
  BatchState state = BatchState::kEmpty;
  std::optional<Status> status;  // the least advanced of its sites
  std::vector<SiteView> sites;   // damaged rows included
  std::optional<Claim> claim;    // live, or lapsed and not taken
  bool live = false;
  bool process_gone = false;  // the claim ended early with its process
  std::chrono::seconds left{0};
  /// The claim is one of this other batch, in which its sites were when it was granted; empty for the batch's own.
  std::string claimed_in;
  bool rows_show_ready = false;  // it is live, and some of its rows stand at an earlier letter of the phase
  std::vector<AbsentSite> absent;
  Attempts unbegun;  // of the batch itself
  std::vector<Warning> warnings;
};

/// The batch named, else the one in progress (implement before design), else the one that the last change was about,
/// else the highest. nullopt when the registry has no batch. Reads only. Errors: "batch_not_found"; kMalformed
/// "auto_detect_failed" when damaged rows hide which batch it would be.
Result<std::optional<BatchView>> view_batch(const QueueContext& queue, const std::optional<std::string>& batch);

std::string_view name_of(BatchState state);

}  // namespace smbatcher
