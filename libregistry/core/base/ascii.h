#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace smbatcher {

// The characters of ASCII, whatever the locale. `c` is a char or the value of a byte; beyond ASCII, every answer is no.

constexpr bool is_digit(int c) { return c >= '0' && c <= '9'; }
constexpr bool is_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_letter_or_digit(int c) { return is_letter(c) || is_digit(c); }
constexpr bool is_hex_digit(int c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

inline constexpr std::string_view kHexDigits = "0123456789abcdef";
inline constexpr std::string_view kCapitalHexDigits = "0123456789ABCDEF";

/// Appends the lowest `count` hex digits of `number`, at most 16, with zeros in front.
inline void append_hex(std::string& text, std::uint64_t number, unsigned count, std::string_view digits = kHexDigits) {
  while (count-- > 0) {
    text += digits[(number >> (4 * count)) & 0xFU];
  }
}

}  // namespace smbatcher
