#pragma once

#include <iterator>
#include <utility>

#include "libregistry/queue/ledger/named_sites.h"
#include "libregistry/sites/similarity/collection.h"

namespace smbatcher {

inline std::vector<std::string> domains_of(const NamedSites& named) {
  std::vector<std::string> domains;
  for (const NamedSite& site : named.sites) {
    domains.push_back(site.domain);
  }
  return domains;
}

/// The designs, or with `built` the built sites, of all sites of the registry; the warnings are also about the
/// registry.
inline Result<Collection> collect_all(const QueueContext& queue, bool built = false) {
  SMB_TRY_ASSIGN(NamedSites named, find_named(queue, {}, {}));
  Collection collection = built ? collect_sites(*queue.ops, queue.paths, queue.config, domains_of(named))
                                : collect_designs(*queue.ops, queue.paths, queue.config, domains_of(named));
  collection.warnings.insert(collection.warnings.begin(), std::make_move_iterator(named.warnings.begin()),
                             std::make_move_iterator(named.warnings.end()));
  return collection;
}

}  // namespace smbatcher
