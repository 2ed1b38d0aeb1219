#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/queue/verbs/claim.h"

namespace smbatcher {

// What claim() and start() share; for use inside libregistry/claims.

std::vector<std::string> domains_of(const Draft& draft, const std::vector<std::size_t>& sites);

/// What is given out is delayed no longer.
void lift_delays(Draft& draft, const WorkKey& key, const std::vector<std::size_t>& sites);

void move_all(Draft& draft, const std::vector<std::size_t>& sites, Status to);

/// Gives `sites` to the caller under a new lease with the next token. The action "lock" has a short lease.
Answer grant_work(Draft& draft, const ClaimRequest& request, const WorkKey& key, const std::vector<std::size_t>& sites,
                  std::string action, Status from, Status to);

/// Where the caller runs.
Surroundings here(const Draft& draft);

/// An owner's name is no proof that the caller made the claim: two containers may compute the same one. Going on with a
/// claim without its token is refused as "owner_in_use" in another pid namespace of the boot on which it was made, and
/// answered with a warning "owner_elsewhere" on another boot: there it is another machine, or this one started again.
Result<std::vector<Warning>> check_surroundings(const Draft& draft, const WorkKey& key, const Lease& lease);

/// The claim in the phase of an owner who was named: the live one, or with `live` false a lapsed one.
std::optional<WorkKey> own_claim(const Draft& draft, const ClaimRequest& request, bool live);

}  // namespace smbatcher
