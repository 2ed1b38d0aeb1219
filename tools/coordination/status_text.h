#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libregistry/coordination/coordination.h"
#include "libregistry/core/base/json.h"

namespace smbatcher {

/// What coord-status shows, in its text forms.
struct StatusFacts {
  CoordinationView view;
  std::size_t decisions = 0;
  std::vector<Json> recent_decisions;  // of --verbose
  std::vector<LockView> locks;         // of --verbose and --metrics
  bool verbose = false;
};

/// The overview for people. Texts of others are escaped.
std::string status_text(const StatusFacts& facts);

/// The Prometheus text format, version 0.0.4.
std::string status_metrics(const StatusFacts& facts, WallTime now);

}  // namespace smbatcher
