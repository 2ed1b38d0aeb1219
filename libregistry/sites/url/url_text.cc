#include "libregistry/sites/url/url_text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/base/utf8.h"

namespace smbatcher {

std::optional<std::uint16_t> special_port(std::string_view scheme) {
  constexpr std::array<std::pair<std::string_view, std::uint16_t>, 6> kSpecial{
      {{"ftp", 21}, {"file", 0}, {"http", 80}, {"https", 443}, {"ws", 80}, {"wss", 443}}};
  const auto* const known =
      std::find_if(kSpecial.begin(), kSpecial.end(), [scheme](const auto& special) { return special.first == scheme; });
  return known == kSpecial.end() ? std::nullopt : std::optional(known->second);
}

bool is_drive_letter(std::string_view text) {
  return text.size() == 2 && is_letter(text[0]) && (text[1] == ':' || text[1] == '|');
}

bool starts_with_drive_letter(std::string_view text) {
  return text.size() >= 2 && is_drive_letter(text.substr(0, 2)) &&
         (text.size() == 2 || std::string_view("/\\?#").find(text[2]) != std::string_view::npos);
}

bool is_single_dot(std::string_view part) { return part == "." || to_lower(part) == "%2e"; }

bool is_double_dot(std::string_view part) {
  const std::string lower = to_lower(part);
  return lower == ".." || lower == ".%2e" || lower == "%2e." || lower == "%2e%2e";
}

std::string cleaned(std::string_view text) {
  const auto is_outer = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!text.empty() && is_outer(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_outer(text.back())) {
    text.remove_suffix(1);
  }
  std::string plain;
  std::copy_if(text.begin(), text.end(), std::back_inserter(plain),
               [](char c) { return c != '\t' && c != '\n' && c != '\r'; });
  return plain;
}

std::string_view fault_in(std::string_view text) {
  constexpr std::string_view kMarks = "!$&'()*+,-./:;=?@_~";
  while (!text.empty()) {
    if (text[0] == '%') {
      if (text.size() < 3 || !is_hex_digit(text[1]) || !is_hex_digit(text[2])) {
        return "a percent sign that begins no %XX is written %25";
      }
      text.remove_prefix(3);
      continue;
    }
    const auto [code, size] = first_code_point(text);
    if (text[0] == ' ') {
      return "a blank is written %20";
    }
    const bool is_plain = is_letter_or_digit(text[0]) || kMarks.find(text[0]) != std::string_view::npos;
    const bool is_noncharacter = (code & 0xFFFEU) == 0xFFFEU || (code >= 0xFDD0 && code <= 0xFDEF);
    if (size == 0 || (size == 1 && !is_plain) || (code >= 0x7F && code < 0xA0) || is_noncharacter) {
      return "a character that no address holds is written as %XX";
    }
    text.remove_prefix(size);
  }
  return {};
}

}  // namespace smbatcher
