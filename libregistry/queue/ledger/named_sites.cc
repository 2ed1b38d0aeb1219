#include "libregistry/queue/ledger/named_sites.h"

#include "libregistry/queue/ledger/change.h"

namespace smbatcher {

Result<NamedSites> find_named(const QueueContext& queue, const std::vector<std::string>& domains,
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
