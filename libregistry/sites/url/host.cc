#include <idn2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <iterator>
#include <memory>
#include <vector>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/base/utf8.h"
#include "libregistry/sites/url/percent.h"
#include "libregistry/sites/url/url.h"

namespace smbatcher {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_forbidden_in_host(char c) {
  return c == '\0' || std::string_view("\t\n\r #/:<>?@[\\]^|").find(c) != std::string_view::npos;
}

bool is_forbidden_in_domain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return is_forbidden_in_host(c) || byte <= 0x1F || c == '%' || byte == 0x7F;
}

std::vector<std::string_view> labels_of(std::string_view host) {
  std::vector<std::string_view> labels;
  for (std::size_t begin = 0; begin <= host.size();) {
    const std::size_t dot = std::min(host.find('.', begin), host.size());
    labels.push_back(host.substr(begin, dot - begin));
    begin = dot + 1;
  }
  if (labels.size() > 1 && labels.back().empty()) {
    labels.pop_back();
  }
  return labels;
}

/// The code points of a label; nullopt for what is not UTF-8, and for a character that browsers refuse, too.
std::optional<std::vector<char32_t>> code_points(std::string_view label) {
  std::vector<char32_t> codes;
  while (!label.empty()) {
    const auto [code, size] = first_code_point(label);
    const bool is_refused = (code >= 0x80 && code < 0xA0) || (code >= 0xE000 && code <= 0xF8FF) ||
                            (code >= 0xFDD0 && code <= 0xFDEF) || (code >= 0xFFFD && code <= 0xFFFF);
    if (size == 0 || is_refused) {
      return std::nullopt;
    }
    codes.push_back(code);
    label.remove_prefix(size);
  }
  return codes;
}

// The numbers and names of RFC 3492, section 5.
constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kLow = 1;
constexpr std::uint32_t kHigh = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::uint32_t kFirstBias = 72;
constexpr std::uint32_t kFirstCode = 128;

/// RFC 3492, section 6.1.
std::uint32_t adapted_bias(std::uint32_t delta, std::uint32_t points, bool is_first) {
  delta = is_first ? delta / kDamp : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  for (; delta > ((kBase - kLow) * kHigh) / 2; k += kBase) {
    delta /= kBase - kLow;
  }
  return k + (kBase - kLow + 1) * delta / (delta + kSkew);
}

/// A number of variable length. Source: RFC 3492, section 6.3, the loop within the loop.
void append_number(std::string& out, std::uint32_t number, std::uint32_t bias) {
  for (std::uint32_t k = kBase;; k += kBase) {
    const std::uint32_t limit = k <= bias ? kLow : std::min(k - bias, kHigh);
    const std::uint32_t digit = number < limit ? number : limit + (number - limit) % (kBase - limit);
    out += static_cast<char>(digit < 26 ? 'a' + digit : '0' + (digit - 26));
    if (number < limit) {
      return;
    }
    number = (number - limit) / (kBase - limit);
  }
}

/// The ASCII form of a label that IDNA 2008 does not allow and browsers do: an emoji. nullopt for a character that
/// browsers refuse, too. Source: RFC 3492, section 6.3.
std::optional<std::string> punycode(std::string_view label) {
  const auto codes = code_points(label);
  if (!codes) {
    return std::nullopt;
  }
  std::string out;
  std::copy_if(codes->begin(), codes->end(), std::back_inserter(out), [](char32_t code) { return code < 0x80; });
  const std::size_t basic = out.size();
  out += basic > 0 ? "-" : "";
  std::uint32_t next = kFirstCode;
  std::uint32_t delta = 0;
  std::uint32_t bias = kFirstBias;
  for (std::size_t handled = basic; handled < codes->size(); ++delta, ++next) {
    std::uint32_t least = UINT32_MAX;
    for (const char32_t code : *codes) {
      least = code >= next ? std::min<std::uint32_t>(least, code) : least;
    }
    delta += (least - next) * static_cast<std::uint32_t>(handled + 1);
    next = least;
    for (const char32_t code : *codes) {
      delta += code < next ? 1 : 0;
      if (code == next) {
        append_number(out, delta, bias);
        bias = adapted_bias(delta, static_cast<std::uint32_t>(handled + 1), handled == basic);
        delta = 0;
        ++handled;
      }
    }
  }
  return "xn--" + out;
}

/// IDNA as browsers apply it (UTS 46, not transitional).
std::optional<std::string> domain_to_ascii(const std::string& domain) {
  const std::string lower = to_lower(domain);
  if (is_ascii(domain) && !lower.starts_with("xn--") && lower.find(".xn--") == std::string::npos) {
    return lower;
  }
  if (domain.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  char* text = nullptr;
  const int error = ::idn2_to_ascii_8z(domain.c_str(), &text, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  const std::unique_ptr<char, decltype(&::idn2_free)> owned(text, &::idn2_free);
  if (error != IDN2_DISALLOWED) {
    return error == IDN2_OK ? std::optional<std::string>(text) : std::nullopt;
  }
  std::string ascii;
  for (const std::string_view label : labels_of(lower)) {
    const auto written = is_ascii(label) ? std::optional<std::string>(label) : punycode(label);
    if (!written) {
      return std::nullopt;
    }
    ascii += (ascii.empty() ? "" : ".") + *written;
  }
  return ascii;
}

/// "0x7f", "0177", "127", "" (zero). nullopt when it is not a number; too large ones are cut to the largest.
std::optional<std::uint64_t> number_of(std::string_view text) {
  if (text.empty()) {
    return std::nullopt;
  }
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  } else if (text.size() > 1 && text[0] == '0') {
    text.remove_prefix(1);
    base = 8;
  }
  std::uint64_t number = 0;
  if (text.empty()) {
    return number;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (end != text.data() + text.size()) {
    return std::nullopt;
  }
  return error == std::errc::result_out_of_range ? UINT64_MAX : number;
}

bool ends_in_number(std::string_view host) {
  const std::string_view last = labels_of(host).back();
  const bool is_digits = !last.empty() && std::all_of(last.begin(), last.end(), is_digit);
  return is_digits || number_of(last).has_value();
}

std::optional<std::string> parse_ipv4(std::string_view host) {
  const std::vector<std::string_view> labels = labels_of(host);
  constexpr std::size_t kParts = 4;
  if (labels.size() > kParts) {
    return std::nullopt;
  }
  std::uint64_t address = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto number = number_of(labels[i]);
    const bool is_last = i + 1 == labels.size();
    // The last number fills all that the others have left open.
    const std::uint64_t limit = is_last ? std::uint64_t{1} << (8 * (kParts - i)) : 256;
    if (!number || *number >= limit) {
      return std::nullopt;
    }
    address += is_last ? *number : *number << (8 * (kParts - 1 - i));
  }
  std::string text;
  for (unsigned shift = 24;; shift -= 8) {
    text += std::to_string((address >> shift) & 255U);
    if (shift == 0) {
      return text;
    }
    text += '.';
  }
}

/// The dotted end of "::ffff:127.0.0.1", as two pieces.
std::optional<std::array<std::uint16_t, 2>> parse_embedded_ipv4(std::string_view text) {
  const std::vector<std::string_view> labels = labels_of(text);
  if (labels.size() != 4 || text.ends_with('.')) {
    return std::nullopt;
  }
  std::array<std::uint16_t, 2> pieces{};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(labels[i].data(), labels[i].data() + labels[i].size(), number, 10);
    const bool has_zero_before = labels[i].size() > 1 && labels[i][0] == '0';
    if (labels[i].empty() || error != std::errc() || end != labels[i].data() + labels[i].size() || number > 255 ||
        has_zero_before) {
      return std::nullopt;
    }
    pieces.at(i / 2) = static_cast<std::uint16_t>(pieces.at(i / 2) * 256U + number);
  }
  return pieces;
}

constexpr std::size_t kPieces = 8;
using Ipv6 = std::array<std::uint16_t, kPieces>;

std::optional<Ipv6> parse_ipv6(std::string_view text) {
  Ipv6 address{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;
  if (text.starts_with(':')) {
    if (!text.starts_with("::")) {
      return std::nullopt;
    }
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, text.find(':'));
    if (piece.find('.') != std::string_view::npos) {
      const auto embedded = parse_embedded_ipv4(piece);
      if (!embedded || count + 2 > kPieces || piece.size() != text.size()) {
        return std::nullopt;
      }
      address.at(count) = (*embedded)[0];
      address.at(count + 1) = (*embedded)[1];
      count += 2;
      break;
    }
    std::uint16_t value = 0;
    const auto [end, error] = std::from_chars(piece.data(), piece.data() + piece.size(), value, 16);
    if (count == kPieces || piece.empty() || piece.size() > 4 || error != std::errc() ||
        end != piece.data() + piece.size()) {
      return std::nullopt;
    }
    address.at(count++) = value;
    text.remove_prefix(piece.size());
    if (text.starts_with("::")) {
      if (gap) {
        return std::nullopt;
      }
      gap = count;
      text.remove_prefix(2);
    } else if (text == ":") {
      return std::nullopt;
    } else if (!text.empty()) {
      text.remove_prefix(1);
    }
  }
  if (!gap) {
    return count == kPieces ? std::optional(address) : std::nullopt;
  }
  if (count == kPieces) {
    return std::nullopt;
  }
  std::rotate(address.begin() + static_cast<std::ptrdiff_t>(*gap), address.begin() + static_cast<std::ptrdiff_t>(count),
              address.end());
  return address;
}

/// The first of the longest runs of zeros is left out, when it is longer than one.
std::string to_text(const Ipv6& address) {
  std::size_t gap = kPieces;
  std::size_t gap_size = 1;
  for (std::size_t begin = 0; begin < kPieces; ++begin) {
    std::size_t end = begin;
    while (end < kPieces && address.at(end) == 0) {
      ++end;
    }
    if (end - begin > gap_size) {
      gap = begin;
      gap_size = end - begin;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < kPieces;) {
    if (i == gap) {
      text += i == 0 ? "::" : ":";
      i += gap_size;
      continue;
    }
    std::array<char, 8> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), address.at(i), 16);
    text.append(digits.data(), written.ptr);
    text += ++i < kPieces ? ":" : "";
  }
  return text;
}

}  // namespace

std::optional<std::string> parse_host(std::string_view text, bool is_special) {
  if (text.starts_with('[')) {
    const auto address = text.ends_with(']') ? parse_ipv6(text.substr(1, text.size() - 2)) : std::nullopt;
    return address ? std::optional("[" + to_text(*address) + "]") : std::nullopt;
  }
  if (!is_special) {
    if (std::any_of(text.begin(), text.end(), is_forbidden_in_host)) {
      return std::nullopt;
    }
    return percent_encoded(text, PercentSet::kControl);
  }
  auto domain = domain_to_ascii(percent_decoded(text));
  if (!domain || domain->empty() || std::any_of(domain->begin(), domain->end(), is_forbidden_in_domain)) {
    return std::nullopt;
  }
  return ends_in_number(*domain) ? parse_ipv4(*domain) : std::move(domain);
}

}  // namespace smbatcher
