#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "libregistry/core/leases/lease.h"

namespace smbatcher {

/// Work that is held back until somebody kicks it.
struct Burial {
  std::string why;
  std::string by;
  WallTime at{};
};

/// Why an attempt came to nothing: "exit status 3: no such host".
struct Failure {
  static constexpr std::size_t kMost = 300;  // bytes of `why`: it is kept in every record and shown on one line

  /// `why` in one line of at most kMost bytes: the beginning of a longer one.
  static Failure of(std::string_view why, WallTime at);

  std::string why;
  WallTime at{};
};

/// What is remembered of a piece of work between its leases. Source: docs/claims-and-leases.md, "Attempts".
struct Attempts {
  int count = 0;                       // leases that began it and did not complete it
  std::optional<Deadline> not_before;  // not given out earlier
  std::optional<Burial> buried;
  std::chrono::seconds delay{0};   // of `not_before`, as it was asked for: a repeated call asks for the same
  std::optional<Failure> failure;  // the latest

  bool delayed(const Instant& now, std::chrono::seconds skew) const {
    return not_before && !not_before->passed(now, skew);
  }
  void put_off(const Instant& now, std::chrono::seconds for_so_long) {
    delay = for_so_long;
    not_before = delay.count() > 0 ? std::optional(Deadline::after(now, delay)) : std::nullopt;
  }
  bool nothing() const { return count == 0 && !not_before && !buried && !failure; }
};

/// How long work is kept back after an attempt that came to nothing: `first`, times `factor` with each further one.
struct RetryDelay {
  std::chrono::seconds first{60};
  double factor = 2;
  std::chrono::seconds longest{3600};

  std::chrono::seconds after(int attempts) const;
};

}  // namespace smbatcher
