#include "libregistry/coordination/instance_id.h"

#include <sys/random.h>

#include <array>

#include "libregistry/core/base/ascii.h"

namespace smbatcher {
namespace {

/// `shape` with 'd' for a digit and 'x' for a hex digit in lower case; anything else stands for itself.
bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool fits = shape[i] == 'd'   ? is_digit(c)
                      : shape[i] == 'x' ? kHexDigits.find(c) != std::string_view::npos
                                        : c == shape[i];
    if (!fits) {
      return false;
    }
  }
  return true;
}

constexpr std::string_view kNumbers = "-dddddddd-dddddd-xxxxxxxx";

bool has_numbers_after(std::string_view text, std::string_view name) {
  return text.starts_with(name) && has_shape(text.substr(name.size()), kNumbers);
}

}  // namespace

bool is_instance_id(std::string_view text) { return has_numbers_after(text, "claude"); }

bool is_stored_instance_id(std::string_view text) {
  return is_instance_id(text) || has_numbers_after(text, "claude-manual");
}

std::string fresh_instance_id(WallTime now) {
  std::array<unsigned char, 4> bytes{};
  while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
  }
  std::string id = "claude-";
  for (const char c : format_time(now)) {  // 2026-01-08T12:45:32Z
    if (c == 'T') {
      id += '-';
    } else if (is_digit(c)) {
      id += c;
    }
  }
  id += '-';
  for (const unsigned char byte : bytes) {
    append_hex(id, byte, 2);
  }
  return id;
}

}  // namespace smbatcher
