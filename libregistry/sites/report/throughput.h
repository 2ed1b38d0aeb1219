#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/queue/records/history.h"

namespace smbatcher {

/// Sites completed in one stretch of time, by phase.
struct Stretch {
  WallTime begin{};
  std::array<std::size_t, 2> completed{};  // by Phase
};

/// How fast work is completed. Source: docs/reports.md, "Throughput".
struct Throughput {
  std::chrono::seconds length{0};  // of a stretch
  std::vector<Stretch> stretches;  // from the first completion to now, without gaps; empty when there was none

  /// What the pace is told by: the last day, or since the first completion when that is later.
  std::chrono::seconds window{0};
  std::array<std::size_t, 2> in_window{};

  /// How long `remaining` sites will take at this pace; nullopt when none was completed in the window.
  std::optional<std::chrono::seconds> time_for(Phase phase, std::size_t remaining) const;
};

/// Counts rows that completions moved to their phase's done letter. Rows that somebody edited by hand are not in the
/// history, and are not counted.
Throughput throughput_of(const std::vector<HistoryEntry>& entries, WallTime now);

}  // namespace smbatcher
