#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/verbs/answer.h"
#include "libregistry/queue/verbs/authority.h"

namespace smbatcher {

/// Adds sites as `-`, all or none. Refusals: "already_registered:<domains>"; kUsage "invalid_domain", "no_sites".
Result<Answer> register_sites(Draft& draft, const std::vector<NewSite>& sites, const Caller& caller);

/// What create_registry() (ledger/create_registry.h) answers for these sites, once they are checked.
Result<Answer> preview_creation(const std::vector<NewSite>& sites);

struct BatchRequest {
  std::optional<std::size_t> size;   // sites per batch; else the config's
  std::vector<std::string> domains;  // just these; else every site at `-`
};

/// Groups sites at `-` into batches of `size`: next id, status B. Their files are written with the change. Refusals:
/// "no_eligible_sites", "invalid_transition".
Result<Answer> make_batches(Draft& draft, const BatchRequest& request, const Caller& caller);

}  // namespace smbatcher
