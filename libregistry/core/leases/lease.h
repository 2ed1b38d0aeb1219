#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/leases/process.h"

namespace smbatcher {

using Token = std::uint64_t;

/// A moment ahead, kept on both clocks: the boot-time clock decides on the boot it was written on, the wall clock plus
/// the allowed skew elsewhere, never early. Source: docs/claims-and-leases.md, "Clocks".
struct Deadline {
  WallTime wall{};
  milliseconds since_boot{0};
  std::string boot;

  static Deadline after(const Instant& now, std::chrono::seconds duration);
  /// Negative when it has passed.
  milliseconds left(const Instant& now, std::chrono::seconds skew) const;
  bool passed(const Instant& now, std::chrono::seconds skew) const { return left(now, skew).count() <= 0; }
};

/// The time-bound right of one owner over a piece of work (a visibility timeout in queue terms).
///
/// The token is its fencing token: tokens only grow, and a write with any other number is refused. A lease that has
/// lapsed stays its owner's until somebody else takes the work, so work finished a minute late is not lost.
/// What the work is, the user of this type knows. Source: docs/claims-and-leases.md, "Leases".
struct Lease {
  Token token = 0;
  std::string owner;
  std::chrono::seconds length{0};
  WallTime acquired{};
  WallTime renewed{};
  Deadline expires;
  std::optional<ProcessRef> process;       // ends early when this process is provably gone
  std::vector<std::string> seen_on;        // the boots on which it has been judged
  std::optional<Surroundings> claimed_in;  // where its owner claimed it; unknown for one of an older program
};

/// The owner of work that was found in progress without a lease: it keeps a person's work from being given out at once.
inline constexpr const char* kUnknownOwner = "unknown";

Lease grant(Token token, std::string owner, std::chrono::seconds length, std::optional<ProcessRef> process,
            const Instant& now);

/// Runs its full length again from now.
void renew(Lease& lease, const Instant& now);

/// False when its time is over or its process is gone.
bool is_live(const Lease& lease, const Instant& now, std::chrono::seconds skew, const ProcessTable& processes);

/// What is left of a live lease, in whole seconds rounded up; 0 when its time is over.
std::chrono::seconds seconds_left(const Lease& lease, const Instant& now, std::chrono::seconds skew);

/// A lease first seen on another boot runs its full length from then (its renewals may be lost with the power), and one
/// whose expiry is further ahead than its own length (a wrong clock) is cut to it. Each boot does this once, so that
/// two machines with one file system cannot keep a dead owner's lease alive by turns. True when the lease was changed.
bool adjust_to_boot(Lease& lease, const Instant& now);

}  // namespace smbatcher
