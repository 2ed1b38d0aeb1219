#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/result.h"
#include "libregistry/queue/ledger/queue_context.h"

namespace smbatcher {

/// A row of a registry that changed under a live claim.
struct ClaimedRow {
  std::string domain;
  std::string batch;  // of the claim
  std::string owner;
  std::string before;  // its status; "-" where the row is gone
  std::string after;

  /// "a.example (batch 003 of anna): I, was i"
  std::string describe() const;
};

/// The rows that differ between two texts of the queue's registry in status or batch, or are gone, and that somebody
/// holds now. What a claim was given may have been finished, taken back or moved by another clone.
Result<std::vector<ClaimedRow>> claimed_rows_changed(const QueueContext& queue, const std::string& before,
                                                     const std::string& after);

Json to_json(const std::vector<ClaimedRow>& rows);

}  // namespace smbatcher
