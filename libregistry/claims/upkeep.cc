#include "libregistry/claims/upkeep.h"

namespace smbatcher {

void lease_unclaimed_work(Draft& draft) {
  for (const auto& [batch, members] : draft.registry().batches()) {
    for (const PhaseRule& rule : kPhases) {
      std::vector<std::string> unclaimed;
      for (const std::size_t site : members) {
        if (draft.status(site) == rule.in_progress && !draft.site(site).damaged) {
          unclaimed.push_back(draft.site(site).domain);
        }
      }
      const WorkKey key{rule.phase, batch};
      if (unclaimed.empty() || draft.claim(key) != nullptr || draft.state().held_back.contains(key)) {
        continue;
      }
      std::erase_if(unclaimed,
                    [&](const std::string& domain) { return draft.leased_in(rule.phase, domain).has_value(); });
      if (!unclaimed.empty()) {
        const Lease lease = grant(draft.take_token(), kUnknownOwner, draft.policy().lease, std::nullopt, draft.now());
        draft.edit(key).claim = Claim{lease, std::move(unclaimed), false};
      }
    }
  }
}

}  // namespace smbatcher
