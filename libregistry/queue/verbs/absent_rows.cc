#include "libregistry/queue/verbs/absent_rows.h"

#include <algorithm>

#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

std::vector<std::string> absent_from(const Registry& registry, const std::vector<std::string>& domains) {
  std::vector<std::string> absent;
  std::copy_if(domains.begin(), domains.end(), std::back_inserter(absent),
               [&registry](const std::string& domain) { return registry.find(domain) == nullptr; });
  return absent;
}

}  // namespace

std::vector<Warning> leases_without_rows(const Draft& draft) {
  std::vector<Warning> warnings;
  for (const WorkKey& key : draft.claimed_with_fewer_rows()) {
    const Claim* claim = draft.claim(key);
    if (claim == nullptr || !draft.live(claim->lease)) {
      continue;
    }
    if (const auto absent = absent_from(draft.registry(), claim->domains); !absent.empty()) {
      warnings.push_back({draft.registry().document().path(), 0, "lease_without_rows",
                          "'" + claim->lease.owner + "' holds batch '" + key.batch + "' (" +
                              std::string(rule_of(key.phase).name) + ", token " + std::to_string(claim->lease.token) +
                              "), but the registry has no row of " + join(absent, ", ") +
                              ": bring them back (git checkout, git stash pop), or release the claim"});
    }
  }
  return warnings;
}

std::vector<milliseconds> leases_of_absent_batches(const Draft& draft) {
  std::vector<milliseconds> left;
  for (const WorkKey& key : draft.claimed_with_fewer_rows()) {
    const Claim* claim = draft.registry().batches().contains(key.batch) ? nullptr : draft.claim(key);
    if (claim != nullptr && draft.live(claim->lease)) {
      left.push_back(claim->lease.expires.left(draft.now(), draft.policy().skew));
    }
  }
  return left;
}

Error rows_missing(const Draft& draft, const WorkKey& key, const std::vector<std::string>& domains) {
  const std::string& path = draft.registry().document().path();
  return malformed(
             "rows_missing", path,
             "batch '" + key.batch + "' is claimed, but '" + path + "' has no row of " + join(domains, ", ") +
                 ": bring the rows back (git checkout, git stash pop) and call again; smbatcher release --batch " +
                 key.batch + " ends the claim")
      .with("batch", key.batch)
      .with("sites", domains);
}

Error damaged_row(const Registry& registry, const Site& site) {
  std::string why = "smbatcher check-registry says how";
  for (const Warning& damage : registry.damages()) {
    if (damage.line == site.line) {
      why = damage.message;
    }
  }
  return malformed(
      "damaged_row", registry.document().path() + ":" + std::to_string(site.line),
      "the row of '" + std::string(site.domain) + "' in line " + std::to_string(site.line) + " is damaged: " + why);
}

}  // namespace smbatcher
