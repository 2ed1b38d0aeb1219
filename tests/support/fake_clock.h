#pragma once

#include <string>
#include <utility>

#include "libregistry/core/base/clock.h"

namespace smbatcher::test {

/// A clock that moves only when it is told to. It begins at 2026-11-20T18:00:00Z, one hour after boot "boot-1".
class FakeClock final : public Clock {
 public:
  Instant now() const override { return now_; }

  /// Time passes on both clocks.
  void advance(milliseconds by) {
    now_.wall += by;
    now_.since_boot += by;
  }
  /// An administrator, or NTP, sets the wall clock; the boot-time clock goes on as if nothing had happened.
  void step_wall(milliseconds by) { now_.wall += by; }
  /// The machine starts anew: another boot id, and its clock begins again.
  void set_boot(std::string boot, milliseconds since_boot = std::chrono::seconds(30)) {
    now_.boot = std::move(boot);
    now_.since_boot = since_boot;
  }

 private:
  Instant now_{std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + std::chrono::hours(18), std::chrono::hours(1),
               "boot-1"};
};

}  // namespace smbatcher::test
