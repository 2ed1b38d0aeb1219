#include "libregistry/sites/url/percent.h"

#include <charconv>

#include "libregistry/core/base/ascii.h"

namespace smbatcher {
namespace {

bool is_in(std::string_view set, unsigned char byte) {
  return byte != 0 && set.find(static_cast<char>(byte)) != std::string_view::npos;
}

/// Source: https://url.spec.whatwg.org/#percent-encoded-bytes
bool is_encoded(unsigned char byte, PercentSet set) {
  if (byte < 0x20 || byte > 0x7E) {
    return true;
  }
  switch (set) {
    case PercentSet::kControl:
      return false;
    case PercentSet::kFragment:
      return is_in(" \"<>`", byte);
    case PercentSet::kQuery:
      return is_in(" \"#<>", byte);
    case PercentSet::kSpecialQuery:
      return is_in(" \"#<>'", byte);
    case PercentSet::kPath:
      return is_in(" \"#<>?^`{}", byte);
    case PercentSet::kUserinfo:
      return is_in(" \"#<>?^`{}/:;=@[\\]|", byte);
  }
  return false;
}

}  // namespace

void append_percent_encoded(std::string& out, unsigned char byte, PercentSet set) {
  if (!is_encoded(byte, set)) {
    out += static_cast<char>(byte);
    return;
  }
  out += '%';
  append_hex(out, byte, 2, kCapitalHexDigits);
}

std::string percent_encoded(std::string_view text, PercentSet set) {
  std::string out;
  for (const char c : text) {
    append_percent_encoded(out, static_cast<unsigned char>(c), set);
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const std::string_view digits = text.substr(i, 3);
    const bool is_three = digits.size() == 3 && digits[0] == '%';
    const auto [end, error] = is_three ? std::from_chars(digits.data() + 1, digits.data() + 3, code, 16)
                                       : std::from_chars_result{nullptr, std::errc::invalid_argument};
    if (error == std::errc() && end == digits.data() + 3) {
      plain += static_cast<char>(code);
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

}  // namespace smbatcher
