#pragma once

#include <string>
#include <vector>

#include "libregistry/queue/verbs/draft.h"

namespace smbatcher {

/// "lease_without_rows" for each live lease that was given a site whose row is not in the registry: what is hidden is
/// said, and is no reason to believe that everything is done. Reads the claim files of those batches only that show
/// fewer rows than were given.
std::vector<Warning> leases_without_rows(const Draft& draft);

/// How long the live leases run that are over batches of which the registry shows no row at all.
std::vector<milliseconds> leases_of_absent_batches(const Draft& draft);

/// kMalformed "rows_missing": what was claimed cannot be found in the registry.
Error rows_missing(const Draft& draft, const WorkKey& key, const std::vector<std::string>& domains);

/// kMalformed "damaged_row" at the row of a damaged site, with what is wrong with it.
Error damaged_row(const Registry& registry, const Site& site);

}  // namespace smbatcher
