#pragma once

#include "libregistry/queue/verbs/select.h"

namespace smbatcher {

/// "no_work_found" with why (the first that applies of all_held, delayed, damaged, buried, given_up, behind, all_done,
/// empty), the counts by status, when to ask again, and what would work now.
Error no_work(const Draft& draft, Phase phase);

WhyWord word_of(Obstacle obstacle);
std::string explain(Obstacle obstacle);

/// {"-":3,"B":0,…}: sites per status, damaged rows left out.
Json counts_by_status(const Draft& draft);

}  // namespace smbatcher
