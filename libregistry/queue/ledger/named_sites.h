#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/ledger/queue_context.h"

namespace smbatcher {

/// What the rows of some sites show.
struct NamedSite {
  std::string domain;
  std::string batch;  // empty when it is in none
  Status status = Status::kRegistered;
};

struct NamedSites {
  std::vector<NamedSite> sites;
  std::vector<Warning> warnings;  // about the registry
};

/// The rows of `domains`, each once and in this order, or without any those of `batch`, or without that of all sites;
/// damaged ones left out. Takes no lock. Errors: "domain_not_found", "damaged_row", "batch_not_found".
Result<NamedSites> find_named(const QueueContext& queue, const std::vector<std::string>& domains,
                              const std::optional<std::string>& batch);

}  // namespace smbatcher
