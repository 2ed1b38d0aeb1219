#include "libregistry/base/fold_case.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace smbatcher {
namespace {

/// Capitals [first, last], each `step` from the next, and how far their small letters are from them.
struct Capitals {
  std::uint32_t first;
  std::uint32_t last;
  std::uint32_t step;
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

std::uint32_t folded(std::uint32_t point) {
  const auto* const range = std::find_if(kCapitals.begin(), kCapitals.end(), [point](const Capitals& capitals) {
    return point >= capitals.first && point <= capitals.last && (point - capitals.first) % capitals.step == 0;
  });
  return range == kCapitals.end() ? point : point + static_cast<std::uint32_t>(range->distance);
}

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t size = 1;  // bytes
};

/// The code point at the beginning of `text`; a byte that begins none stands for itself with size 1 and value 0.
CodePoint first_of(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1};
  }
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 1;
  if (size == 1 || size > text.size()) {
    return {0, 1};
  }
  std::uint32_t value = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) {
      return {0, 1};
    }
    value = value << 6U | (byte(i) & 0x3FU);
  }
  return {value, size};
}

void append(std::string& text, std::uint32_t point) {
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0U | point >> 6U);
    text += static_cast<char>(0x80U | (point & 0x3FU));
  } else {  // no folded letter is beyond the first plane
    text += static_cast<char>(0xE0U | point >> 12U);
    text += static_cast<char>(0x80U | (point >> 6U & 0x3FU));
    text += static_cast<char>(0x80U | (point & 0x3FU));
  }
}

/// At least four digits.
std::string hex(std::uint32_t point) {
  std::string digits;
  for (unsigned shift = 20; shift < 32; shift -= 4) {
    const std::uint32_t digit = point >> shift & 0xFU;
    if (!digits.empty() || digit != 0 || shift < 16) {
      digits += "0123456789ABCDEF"[digit];
    }
  }
  return digits;
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    if (const std::uint32_t small = folded(point.value); small != point.value) {
      append(result, small);
    } else {
      result += text.substr(0, point.size);
    }
    text.remove_prefix(point.size);
  }
  return result;
}

std::string unusual_code_points(std::string_view text) {
  constexpr std::size_t kMost = 4;
  std::string result;
  std::size_t count = 0;
  while (!text.empty() && count < kMost) {
    const CodePoint point = first_of(text);
    if (point.value != 0 && (point.value < 0x20 || point.value >= 0x7F)) {
      result += (result.empty() ? "U+" : ", U+") + hex(point.value);
      ++count;
    }
    text.remove_prefix(point.size);
  }
  return result;
}

}  // namespace smbatcher
