#include "libregistry/core/base/ids.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

std::string_view without_zeros(std::string_view digits) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

}  // namespace

bool is_batch_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text.front() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
  }) && text != "-";
}

bool is_domain(std::string_view text) {
  if (text.empty() || text.size() > 253) {
    return false;
  }
  while (true) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) {
      return false;
    }
    if (dot == std::string_view::npos) {
      return true;
    }
    text.remove_prefix(dot + 1);
  }
}

bool is_lower_domain(std::string_view text) {
  constexpr std::size_t kLongestLabel = 63;
  std::size_t label = 0;
  char previous = '.';
  for (const char c : text) {
    if (c == '.') {
      if (label == 0 || label > kLongestLabel || previous == '-') {
        return false;
      }
      label = 0;
    } else if ((c >= 'a' && c <= 'z') || is_digit(c) || (c == '-' && label > 0)) {
      ++label;
    } else {
      return false;
    }
    previous = c;
  }
  return label > 0 && label <= kLongestLabel && previous != '-' && text.size() <= 253;
}

bool is_owner(std::string_view text) {
  return !text.empty() && count_code_points(text) <= 128 && text.find(':') == std::string_view::npos &&
         escape_control(text) == text && text != "unknown";
}

bool is_numeric(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

bool batch_id_less(std::string_view a, std::string_view b) {
  const bool a_numeric = is_numeric(a);
  if (a_numeric != is_numeric(b)) {
    return a_numeric;
  }
  if (a_numeric) {
    const std::string_view a_digits = without_zeros(a);
    const std::string_view b_digits = without_zeros(b);
    if (a_digits != b_digits) {
      return a_digits.size() != b_digits.size() ? a_digits.size() < b_digits.size() : a_digits < b_digits;
    }
  }
  return a < b;
}

bool same_batch_value(std::string_view a, std::string_view b) {
  return is_numeric(a) && is_numeric(b) && without_zeros(a) == without_zeros(b);
}

std::string next_batch_id(std::string_view highest) {
  if (!is_numeric(highest)) {
    return "001";
  }
  std::string next(highest);
  for (std::size_t i = next.size(); i > 0; --i) {
    char& digit = next[i - 1];
    if (digit != '9') {
      ++digit;
      return next;
    }
    digit = '0';
  }
  return "1" + next;
}

std::string fresh_owner() {
  std::array<unsigned char, 8> bytes{};
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    if (count > 0) {
      filled += static_cast<std::size_t>(count);
    }
  }
  std::string owner = "anon-";
  for (const unsigned char byte : bytes) {
    append_hex(owner, byte, 2);
  }
  return owner;
}

}  // namespace smbatcher
