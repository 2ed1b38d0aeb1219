#pragma once

#include <array>

#include "libregistry/claims/answer.h"
#include "libregistry/claims/queue.h"

namespace smbatcher {

struct StatusCounts {
  std::array<std::size_t, kStatusCount> by_status{};  // damaged rows left out
  std::size_t total = 0;
  std::vector<Warning> warnings;
};

/// Sites per status. Reads the registry only.
Result<StatusCounts> count_statuses(const Queue& queue);

/// The batch in progress in `phase`, this owner's first; Answer::refusal "no_active_batch" when there is none.
Result<Answer> find_active(const Queue& queue, Phase phase, const std::optional<std::string>& owner);

}  // namespace smbatcher
