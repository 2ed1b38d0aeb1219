#include "libregistry/core/base/fold_case.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/utf8.h"

namespace smbatcher {
namespace {

/// Capitals [first, last], each `step` from the next, and how far their small letters are from them.
struct Capitals {
  char32_t first;
  char32_t last;
  char32_t step;
  std::int32_t distance;
};

constexpr std::array<Capitals, 34> kCapitals{
    {{'A', 'Z', 1, 32},      {0xC0, 0xD6, 1, 32},     {0xD8, 0xDE, 1, 32},    {0x100, 0x12E, 2, 1},
     {0x132, 0x136, 2, 1},   {0x139, 0x147, 2, 1},    {0x14A, 0x176, 2, 1},   {0x178, 0x178, 1, -121},
     {0x179, 0x17D, 2, 1},   {0x17F, 0x17F, 1, -268}, {0x1CD, 0x1DB, 2, 1},   {0x1DE, 0x1EE, 2, 1},
     {0x1F8, 0x21E, 2, 1},   {0x222, 0x232, 2, 1},    {0x386, 0x386, 1, 38},  {0x388, 0x38A, 1, 37},
     {0x38C, 0x38C, 1, 64},  {0x38E, 0x38F, 1, 63},   {0x391, 0x3A1, 1, 32},  {0x3A3, 0x3AB, 1, 32},
     {0x3C2, 0x3C2, 1, 1},   {0x3D8, 0x3EE, 2, 1},    {0x400, 0x40F, 1, 80},  {0x410, 0x42F, 1, 32},
     {0x460, 0x480, 2, 1},   {0x48A, 0x4BE, 2, 1},    {0x4C0, 0x4C0, 1, 15},  {0x4C1, 0x4CD, 2, 1},
     {0x4D0, 0x52E, 2, 1},   {0x531, 0x556, 1, 48},   {0x1E00, 0x1E94, 2, 1}, {0x1E9E, 0x1E9E, 1, -7615},
     {0x1EA0, 0x1EFE, 2, 1}, {0xFF21, 0xFF3A, 1, 32}}};

char32_t folded(char32_t point) {
  const auto* const range = std::find_if(kCapitals.begin(), kCapitals.end(), [point](const Capitals& capitals) {
    return point >= capitals.first && point <= capitals.last && (point - capitals.first) % capitals.step == 0;
  });
  return range == kCapitals.end() ? point : point + static_cast<char32_t>(range->distance);
}

/// At least four digits.
void append_code_point(std::string& text, char32_t point) {
  const unsigned digits = point < 0x10000 ? 4 : point < 0x100000 ? 5 : 6;
  append_hex(text, point, digits, kCapitalHexDigits);
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    const std::size_t size = std::max<std::size_t>(point.size, 1);  // of a byte that begins none, too
    if (const char32_t small = folded(point.value); small != point.value) {
      append_utf8(result, small);
    } else {
      result += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return result;
}

std::string unusual_code_points(std::string_view text) {
  constexpr std::size_t kMost = 4;
  std::string result;
  std::size_t count = 0;
  while (!text.empty() && count < kMost) {
    const CodePoint point = first_code_point(text);
    if (point.value != 0 && (point.value < 0x20 || point.value >= 0x7F)) {
      result += result.empty() ? "U+" : ", U+";
      append_code_point(result, point.value);
      ++count;
    }
    text.remove_prefix(std::max<std::size_t>(point.size, 1));
  }
  return result;
}

}  // namespace smbatcher
