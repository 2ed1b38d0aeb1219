#pragma once

#include <optional>
#include <string>

#include "libregistry/leases/lease.h"

namespace smbatcher {

/// Work that is held back until somebody kicks it.
struct Burial {
  std::string why;
  std::string by;
  WallTime at{};
};

/// What is remembered of a piece of work between its leases. Source: docs/claims-and-leases.md, "Attempts".
struct Attempts {
  int count = 0;  // leases that took it and did not complete it
  std::optional<Deadline> not_before;
  std::optional<Burial> buried;

  bool delayed(const Instant& now, std::chrono::seconds skew) const {
    return not_before && !not_before->passed(now, skew);
  }
};

}  // namespace smbatcher
