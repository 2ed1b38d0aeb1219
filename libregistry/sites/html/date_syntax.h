#pragma once

#include <string_view>

namespace smbatcher {

// Dates and times as HTML wants them written. Source: https://html.spec.whatwg.org, "Dates and times".

/// "2026-11-30", a day that there is.
bool is_date(std::string_view text);
/// "14:54", "14:54:39", "14:54:39.929"
bool is_time(std::string_view text);
/// A date, 'T' or a blank, a time, and 'Z' or an offset such as +01:00.
bool is_global_time(std::string_view text);
/// What `<time>` may say: also a month, a year, a week, a day of the year, a time of no place, an offset, a duration.
bool is_time_value(std::string_view text);

}  // namespace smbatcher
