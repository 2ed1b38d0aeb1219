#include "libregistry/sites/html/date_syntax.h"

#include <algorithm>
#include <optional>

#include "libregistry/core/base/ascii.h"

namespace smbatcher {
namespace {

/// Takes exactly `count` digits, or at least as many where `or_more`.
std::optional<int> take_number(std::string_view& text, std::size_t count, bool or_more = false) {
  std::size_t size = 0;
  int number = 0;
  while (size < text.size() && is_digit(text[size]) && (or_more || size < count)) {
    number = number < 100'000'000 ? number * 10 + (text[size] - '0') : number;
    ++size;
  }
  if (size < count) {
    return std::nullopt;
  }
  text.remove_prefix(size);
  return number;
}

bool take(std::string_view& text, char c) {
  const bool is_there = text.starts_with(c);
  text.remove_prefix(is_there ? 1 : 0);
  return is_there;
}

int days_in(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};  // NOLINT(*-avoid-c-arrays)
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && is_leap ? 29 : kDays[month - 1];  // NOLINT(*-constant-array-index)
}

bool take_month(std::string_view& text, int& year, int& month) {
  const auto y = take_number(text, 4, true);
  const bool has_dash = take(text, '-');
  const auto m = take_number(text, 2);
  year = y.value_or(0);
  month = m.value_or(0);
  return year > 0 && has_dash && month >= 1 && month <= 12;
}

bool take_date(std::string_view& text) {
  int year = 0;
  int month = 0;
  if (!take_month(text, year, month) || !take(text, '-')) {
    return false;
  }
  const int day = take_number(text, 2).value_or(0);
  return day >= 1 && day <= days_in(year, month);
}

bool take_time(std::string_view& text) {
  const int hour = take_number(text, 2).value_or(24);
  if (!take(text, ':') || hour > 23 || take_number(text, 2).value_or(60) > 59) {
    return false;
  }
  if (!take(text, ':')) {
    return true;
  }
  if (take_number(text, 2).value_or(60) > 59) {
    return false;
  }
  if (!take(text, '.')) {
    return true;
  }
  const std::size_t before = text.size();
  return take_number(text, 1, true) && before - text.size() <= 3;
}

bool take_offset(std::string_view& text) {
  if (take(text, 'Z')) {
    return true;
  }
  if (!take(text, '+') && !take(text, '-')) {
    return false;
  }
  const int hours = take_number(text, 2).value_or(24);
  (void)take(text, ':');
  return hours <= 23 && take_number(text, 2).value_or(60) <= 59;
}

bool take_date_and_time(std::string_view& text) {
  return take_date(text) && (take(text, 'T') || take(text, ' ')) && take_time(text);
}

template <class Take>
bool is_all(std::string_view text, Take take_it) {
  return take_it(text) && text.empty();
}

bool is_week(std::string_view text) {
  const int year = take_number(text, 4, true).value_or(0);
  if (year <= 0 || !take(text, '-') || !take(text, 'W')) {
    return false;
  }
  const int week = take_number(text, 2).value_or(0);
  return week >= 1 && week <= 53 && text.empty();
}

bool is_yearless_date(std::string_view text) {
  if (take(text, '-') && !take(text, '-')) {
    return false;
  }
  const int month = take_number(text, 2).value_or(0);
  if (month < 1 || month > 12 || !take(text, '-')) {
    return false;
  }
  const int day = take_number(text, 2).value_or(0);
  return day >= 1 && day <= days_in(4, month) && text.empty();
}

/// "PT4H18M3S"
bool is_formal_duration(std::string_view text) {
  constexpr std::string_view kDays = "D";
  constexpr std::string_view kTimes = "HMS";
  if (!take(text, 'P')) {
    return false;
  }
  bool any = false;
  std::string_view units = kDays;
  while (!text.empty()) {
    if (units == kDays && take(text, 'T')) {
      units = kTimes;
      any = false;
      continue;
    }
    const bool has_number = take_number(text, 1, true).has_value();
    if (has_number && take(text, '.') && !take_number(text, 1, true)) {
      return false;
    }
    const std::size_t unit = text.empty() ? std::string_view::npos : units.find(text[0]);
    if (!has_number || unit == std::string_view::npos) {
      return false;
    }
    units.remove_prefix(unit + 1);
    text.remove_prefix(1);
    any = true;
  }
  return any;
}

/// "4h 18m 3s"
bool is_plain_duration(std::string_view text) {
  constexpr std::string_view kUnits = "wdhmsWDHMS";
  constexpr std::string_view kBlanks = " \t\n\f\r";
  const auto skip = [&text, kBlanks] { text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size())); };
  bool any = false;
  for (skip(); !text.empty(); skip()) {
    if (!take_number(text, 1, true) || (take(text, '.') && !take_number(text, 1, true))) {
      return false;
    }
    skip();
    if (text.empty() || kUnits.find(text[0]) == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(1);
    any = true;
  }
  return any;
}

bool is_year(std::string_view text) { return take_number(text, 4, true).value_or(0) > 0 && text.empty(); }

}  // namespace

bool is_date(std::string_view text) { return is_all(text, take_date); }
bool is_time(std::string_view text) { return is_all(text, take_time); }

bool is_global_time(std::string_view text) {
  return is_all(text, [](std::string_view& rest) { return take_date_and_time(rest) && take_offset(rest); });
}

bool is_time_value(std::string_view text) {
  int year = 0;
  int month = 0;
  const auto take_a_month = [&](std::string_view& rest) { return take_month(rest, year, month); };
  return is_date(text) || is_time(text) || is_global_time(text) || is_all(text, take_date_and_time) ||
         is_all(text, take_a_month) || is_all(text, take_offset) || is_week(text) || is_year(text) ||
         is_yearless_date(text) || is_formal_duration(text) || is_plain_duration(text);
}

}  // namespace smbatcher
