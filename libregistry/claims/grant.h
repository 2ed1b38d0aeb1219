#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/claims/claim.h"

namespace smbatcher {

// What claim() and start() share; for use inside libregistry/claims.

std::vector<std::string> domains_of(const Draft& draft, const std::vector<std::size_t>& sites);

/// Each of the sites is given once more: one attempt, and no delay any longer.
void count_attempts(Draft& draft, const WorkKey& key, const std::vector<std::size_t>& sites);

void move_all(Draft& draft, const std::vector<std::size_t>& sites, Status to);

/// Gives `sites` to the caller under a new lease with the next token. The action "lock" has a short lease and counts no
/// attempt.
Answer grant_work(Draft& draft, const ClaimRequest& request, const WorkKey& key, const std::vector<std::size_t>& sites,
                  std::string action, Status from, Status to);

/// The claim in the phase of an owner who was named: the live one, or with `live` false a lapsed one.
std::optional<WorkKey> own_claim(const Draft& draft, const ClaimRequest& request, bool live);

}  // namespace smbatcher
