#pragma once

#include <array>

#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/verbs/answer.h"

namespace smbatcher {

struct StatusCounts {
  std::array<std::size_t, kStatusCount> by_status{};  // damaged rows left out
  std::size_t total = 0;                              // damaged rows too: what cannot be read is not done
  std::optional<std::string> batch;                   // the one counted, as the registry spells it
  std::vector<Warning> warnings;
};

/// Sites per status, of `batch` where one is named. Reads the registry only. Errors: kNotFound "batch_not_found".
Result<StatusCounts> count_statuses(const QueueContext& queue, const std::optional<std::string>& batch = std::nullopt);

/// The batch in progress in `phase`, this owner's first; Answer::refusal "no_active_batch" when there is none.
Result<Answer> find_active(const QueueContext& queue, Phase phase, const std::optional<std::string>& owner);

}  // namespace smbatcher
