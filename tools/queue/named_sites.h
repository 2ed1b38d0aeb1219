#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/ledger/change.h"
#include "libregistry/queue/verbs/authority.h"

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
inline Result<NamedSites> find_named(const QueueContext& queue, const std::vector<std::string>& domains,
                                     const std::optional<std::string>& batch) {
  NamedSites found;
  SMB_TRY_ASSIGN(Answer answer, preview(queue, [&](Draft& draft) -> Result<Answer> {
                   SMB_TRY_ASSIGN(std::vector<std::size_t> indices, find_sites(draft, domains));
                   if (domains.empty() && batch) {
                     SMB_TRY_ASSIGN(const std::string id, find_batch(draft, *batch));
                     indices = members(draft, id);
                   } else if (domains.empty()) {
                     for (std::size_t i = 0; i < draft.registry().sites().size(); ++i) {
                       indices.push_back(i);
                     }
                   }
                   found.sites.clear();
                   for (const std::size_t index : indices) {
                     const Site& site = draft.site(index);
                     if (!site.damaged) {
                       found.sites.push_back({site.domain, site.batch, site.status});
                     }
                   }
                   return Answer{};
                 }));
  found.warnings = std::move(answer.warnings);
  return found;
}

}  // namespace smbatcher
