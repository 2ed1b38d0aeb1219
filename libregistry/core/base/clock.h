#pragma once

#include <chrono>
#include <string>

#include "libregistry/core/base/result.h"

namespace smbatcher {

using std::chrono::milliseconds;

/// UTC wall time. Shown in files and results; may be stepped by an administrator.
using WallTime = std::chrono::sys_time<milliseconds>;

/// One moment on the clocks a lease is judged by.
///
/// `since_boot` is CLOCK_BOOTTIME (it counts suspended time and is never stepped) and means something only on the boot
/// that `boot` names. Source: docs/claims-and-leases.md, "Clocks".
struct Instant {
  WallTime wall{};
  milliseconds since_boot{0};
  std::string boot;  // kernel boot id, plus the time namespace where it is not the first one
};

/// The clock seam: code that depends on now takes a `const Clock&`.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Instant now() const override;

 private:
  mutable std::string boot_;  // read once, when it is first asked for
};

/// RFC 3339, UTC: "2026-11-20T18:00:00Z", and with milliseconds "2026-11-20T18:00:00.250Z".
std::string format_time(WallTime time);
std::string format_time_ms(WallTime time);
/// Reads RFC 3339 with any offset and fraction. kMalformed otherwise.
Result<WallTime> parse_time(std::string_view text);

/// Reads "90s", "30m", "2h", "1d"; a bare number is seconds. kUsage otherwise.
Result<std::chrono::seconds> parse_duration(std::string_view text);
/// The value of --since: "90s", "2h" ago, an RFC 3339 time, or a date: its first moment, UTC. kUsage
/// "invalid_argument".
Result<WallTime> parse_since(const std::string& text, WallTime now);
/// "2 h 5 min", "29 min", "40 s": for messages.
std::string describe_duration(std::chrono::seconds duration);

}  // namespace smbatcher
