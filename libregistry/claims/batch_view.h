#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/claims/queue.h"
#include "libregistry/claims/select.h"

namespace smbatcher {

/// A site as status shows it.
struct SiteView {
  Site site;
  int attempts = 0;
  std::optional<Burial> buried;
  std::chrono::seconds delayed_for{0};
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
  bool leased_elsewhere_than_shown = false;  // leased, but its rows show ready: an older file was brought back
  std::vector<Warning> warnings;
};

/// The batch named, else the one in progress (implement before design), else the one that the last change was about,
/// else the highest. nullopt when the registry has no batch. Reads only. Errors: "batch_not_found"; kMalformed
/// "auto_detect_failed" when damaged rows hide which batch it would be.
Result<std::optional<BatchView>> view_batch(const Queue& queue, const std::optional<std::string>& batch);

std::string_view name_of(BatchState state);

}  // namespace smbatcher
