#include "libregistry/core/base/clock.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

milliseconds read_clock(clockid_t id) {
  timespec value{};
  clock_gettime(id, &value);
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(value.tv_sec) +
                                                  std::chrono::nanoseconds(value.tv_nsec));
}

std::string read_small_file(const char* path) {
  std::array<char, 256> buffer{};
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return {};
  }
  const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
  ::close(descriptor);
  std::string text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) {
    text.pop_back();
  }
  return text;
}

/// Two containers can share a boot id while their boot-time clocks differ by a time namespace's offset.
std::string time_namespace_suffix() {
  const std::string offsets = read_small_file("/proc/self/timens_offsets");
  const auto offset = offsets.find("boottime");
  if (offset == std::string::npos) {
    return {};
  }
  std::string digits;
  for (const char c : offsets.substr(offset)) {
    if (is_digit(c) || c == '-') {
      digits += c;
    } else if (!digits.empty() && digits.back() != '.') {
      digits += '.';
    }
  }
  return digits.find_first_of("123456789") == std::string::npos ? std::string() : "+" + digits;
}

std::string format_with(WallTime time, bool with_milliseconds) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> buffer{};
  int length = std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                             static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                             static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  std::string text(buffer.data(), static_cast<std::size_t>(length));
  if (with_milliseconds) {
    length = std::snprintf(buffer.data(), buffer.size(), ".%03d", static_cast<int>(clock.subseconds().count()));
    text.append(buffer.data(), static_cast<std::size_t>(length));
  }
  return text + "Z";
}

/// Takes exactly `digits` digits from the front of `text`.
bool take_number(std::string_view& text, std::size_t digits, int& value) {
  if (text.size() < digits) {
    return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
  if (error != std::errc() || end != text.data() + digits || text.front() == '-') {
    return false;
  }
  text.remove_prefix(digits);
  return true;
}

/// Takes `wanted` or, for a letter, its lower case.
bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || to_lower(text.substr(0, 1)) != to_lower(std::string_view(&wanted, 1))) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

/// "Z", "+02:00", "-05:30"; answers the offset from UTC.
bool take_offset(std::string_view& text, std::chrono::minutes& offset) {
  if (take_char(text, 'Z')) {
    return true;
  }
  if (text.empty() || (text.front() != '+' && text.front() != '-')) {
    return false;
  }
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  int hours = 0;
  int minutes = 0;
  if (!take_number(text, 2, hours) || !take_char(text, ':') || !take_number(text, 2, minutes) || hours > 23 ||
      minutes > 59) {
    return false;
  }
  offset = sign * (std::chrono::hours(hours) + std::chrono::minutes(minutes));
  return true;
}

/// Takes ".25"; digits beyond milliseconds are dropped. A point without a digit stays, for the caller to refuse.
milliseconds take_fraction(std::string_view& text) {
  if (text.size() < 2 || text.front() != '.' || !is_numeric(text.substr(1, 1))) {
    return milliseconds(0);
  }
  text.remove_prefix(1);
  int value = 0;
  int scale = 100;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    value += (text.front() - '0') * scale;
    scale /= 10;
    text.remove_prefix(1);
  }
  return milliseconds(value);
}

}  // namespace

Instant SystemClock::now() const {
  if (boot_.empty()) {
    boot_ = read_small_file("/proc/sys/kernel/random/boot_id") + time_namespace_suffix();
  }
  return {WallTime(read_clock(CLOCK_REALTIME)), read_clock(CLOCK_BOOTTIME), boot_};
}

std::string format_time(WallTime time) { return format_with(std::chrono::floor<std::chrono::seconds>(time), false); }

std::string format_time_ms(WallTime time) { return format_with(time, true); }

Result<WallTime> parse_time(std::string_view text) {
  const std::string_view whole = text;
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::chrono::minutes offset{0};
  bool valid = take_number(text, 4, year) && take_char(text, '-') && take_number(text, 2, month) &&
               take_char(text, '-') && take_number(text, 2, day) && take_char(text, 'T') &&
               take_number(text, 2, hour) && take_char(text, ':') && take_number(text, 2, minute) &&
               take_char(text, ':') && take_number(text, 2, second);
  const milliseconds fraction = valid ? take_fraction(text) : milliseconds(0);
  valid = valid && take_offset(text, offset) && text.empty();
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!valid || !date.ok() || hour > 23 || minute > 59 || second > 60) {
    return fail(
        malformed("invalid_time", {}, "'" + std::string(whole) + "' is no RFC 3339 time such as 2026-11-20T18:00:00Z"));
  }
  return WallTime(std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
                  std::chrono::seconds(second) + fraction - offset);
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  const auto invalid = [text] {
    return fail(
        usage_error("invalid_argument", "'" + std::string(text) + "' is not a duration: write 90s, 30m, 2h or 1d"));
  };
  std::int64_t count = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, count);
  if (error != std::errc() || count < 0) {
    return invalid();
  }
  const std::string_view unit(end, static_cast<std::size_t>(last - end));
  std::int64_t seconds_per_unit = 0;
  if (unit.empty() || unit == "s") {
    seconds_per_unit = 1;
  } else if (unit == "m") {
    seconds_per_unit = 60;
  } else if (unit == "h") {
    seconds_per_unit = 3600;
  } else if (unit == "d") {
    seconds_per_unit = 86400;
  }
  constexpr std::int64_t kLongest = 366LL * 86400 * 10;  // ten years: beyond it clock arithmetic loses its meaning
  if (seconds_per_unit == 0 || count > kLongest / seconds_per_unit) {
    return invalid();
  }
  return std::chrono::seconds(count * seconds_per_unit);
}

Result<WallTime> parse_since(const std::string& text, WallTime now) {
  if (const auto duration = parse_duration(text)) {
    return now - *duration;
  }
  if (auto time = parse_time(text)) {
    return time;
  }
  if (auto midnight = parse_time(text + "T00:00:00Z")) {
    return midnight;
  }
  return fail(usage_error("invalid_argument", "--since '" + text +
                                                  "' is neither a time such as 2026-11-20T18:00:00Z, nor a "
                                                  "date such as 2026-11-20, nor a duration such as 2h"));
}

std::string describe_duration(std::chrono::seconds duration) {
  const auto total = duration.count();
  if (total < 60) {
    return std::to_string(total) + " s";
  }
  if (total < 3600) {
    return std::to_string(total / 60) + " min";
  }
  const auto minutes = total % 3600 / 60;
  return std::to_string(total / 3600) + " h" + (minutes == 0 ? "" : " " + std::to_string(minutes) + " min");
}

}  // namespace smbatcher
