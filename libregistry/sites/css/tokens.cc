#include "libregistry/sites/css/tokens.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "libregistry/core/base/ascii.h"
#include "libregistry/core/base/utf8.h"

namespace smbatcher {
namespace {

using Kind = CssToken::Kind;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_newline(int c) { return c == '\n' || c == '\r' || c == '\f'; }
bool is_white(int c) { return is_newline(c) || c == ' ' || c == '\t'; }
/// NUL is U+FFFD by then, which is a letter like all that is not ASCII.
bool is_name_start(int c) { return is_letter(c) || c == '_' || c >= 0x80 || c == 0; }
bool is_name(int c) { return is_name_start(c) || is_digit(c) || c == '-'; }
bool is_non_printable(int c) { return (c >= 1 && c <= 8) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F; }

std::optional<Kind> single(char c) {
  switch (c) {
    case '(':
      return Kind::kOpenParen;
    case ')':
      return Kind::kCloseParen;
    case '[':
      return Kind::kOpenSquare;
    case ']':
      return Kind::kCloseSquare;
    case '{':
      return Kind::kOpenCurly;
    case '}':
      return Kind::kCloseCurly;
    case ',':
      return Kind::kComma;
    case ':':
      return Kind::kColon;
    case ';':
      return Kind::kSemicolon;
    default:
      return std::nullopt;
  }
}

class Tokenizer {
 public:
  explicit Tokenizer(std::string_view source) : source_(source) {}

  std::vector<CssToken> run() {
    std::vector<CssToken> tokens;
    while (skip_comments(), at_ < source_.size()) {
      CssToken token;
      token.begin = at_;
      read(token);
      token.end = at_;
      tokens.push_back(std::move(token));
    }
    return tokens;
  }

 private:
  static constexpr int kEnd = -1;

  int peek(std::size_t ahead = 0) const {
    return at_ + ahead < source_.size() ? static_cast<unsigned char>(source_[at_ + ahead]) : kEnd;
  }
  bool starts(std::string_view text) const { return source_.substr(at_).starts_with(text); }

  void skip_comments() {
    while (starts("/*")) {
      const std::size_t end = source_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? source_.size() : end + 2;
    }
  }

  bool is_escape(std::size_t ahead) const {
    return peek(ahead) == '\\' && peek(ahead + 1) != kEnd && !is_newline(peek(ahead + 1));
  }
  bool is_ident(std::size_t ahead) const {
    const int c = peek(ahead);
    if (c == '-') {
      return peek(ahead + 1) == '-' || is_name_start(peek(ahead + 1)) || is_escape(ahead + 1);
    }
    return is_name_start(c) || is_escape(ahead);
  }
  bool is_number() const {
    const std::size_t sign = peek() == '+' || peek() == '-' ? 1 : 0;
    return is_digit(peek(sign)) || (peek(sign) == '.' && is_digit(peek(sign + 1)));
  }

  void read(CssToken& token) {
    const int c = peek();
    if (is_white(c)) {
      while (is_white(peek())) {
        ++at_;
      }
    } else if (c == '"' || c == '\'') {
      read_string(token);
    } else if (c == '#' && (is_name(peek(1)) || is_escape(1))) {
      ++at_;
      token.kind = Kind::kHash;
      token.text = read_name();
    } else if (is_number()) {
      read_number(token);
    } else if (c == '@' && is_ident(1)) {
      ++at_;
      token.kind = Kind::kAtKeyword;
      token.text = read_name();
    } else if (starts("-->")) {
      at_ += 3;
      token.kind = Kind::kCdc;
    } else if (starts("<!--")) {
      at_ += 4;
      token.kind = Kind::kCdo;
    } else if (is_ident(0)) {
      read_ident(token);
    } else if (const auto kind = single(static_cast<char>(c))) {
      ++at_;
      token.kind = *kind;
    } else {
      ++at_;
      token.kind = Kind::kDelim;
      token.text = static_cast<char>(c);
    }
  }

  std::string read_name() {
    std::string name;
    while (true) {
      if (is_escape(0)) {
        read_escape(name);
      } else if (is_name(peek()) && peek() != kEnd) {
        append(name);
      } else {
        return name;
      }
    }
  }

  /// The byte here, a NUL as U+FFFD.
  void append(std::string& text) {
    if (source_[at_] == '\0') {
      text += kReplacement;
    } else {
      text += source_[at_];
    }
    ++at_;
  }

  /// A backslash and what it escapes.
  void read_escape(std::string& text) {
    ++at_;
    if (!is_hex_digit(peek())) {
      append(text);
      return;
    }
    std::uint32_t code = 0;
    const char* const begin = source_.data() + at_;
    std::size_t digits = 0;
    while (digits < 6 && is_hex_digit(peek(digits))) {
      ++digits;
    }
    std::from_chars(begin, begin + digits, code, 16);
    at_ += digits;
    if (starts("\r\n")) {
      at_ += 2;
    } else if (is_white(peek())) {
      ++at_;
    }
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      text += kReplacement;
    } else {
      append_utf8(text, code);
    }
  }

  void read_string(CssToken& token) {
    const int quote = peek();
    ++at_;
    token.kind = Kind::kString;
    while (peek() != kEnd) {
      if (peek() == quote) {
        ++at_;
        return;
      }
      if (is_newline(peek())) {
        token.kind = Kind::kBadString;
        return;
      }
      if (peek() != '\\') {
        append(token.text);
      } else if (peek(1) == kEnd) {
        ++at_;
      } else if (is_newline(peek(1))) {
        at_ += peek(1) == '\r' && peek(2) == '\n' ? 3 : 2;
      } else {
        read_escape(token.text);
      }
    }
  }

  void skip_digits() {
    while (is_digit(peek())) {
      ++at_;
    }
  }

  void read_number(CssToken& token) {
    const std::size_t begin = at_;
    if (peek() == '+' || peek() == '-') {
      ++at_;
    }
    skip_digits();
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      skip_digits();
    }
    const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign))) {
      at_ += sign;
      skip_digits();
    }
    const std::size_t first = begin + (source_[begin] == '+' ? 1U : 0U);
    const auto [end, error] = std::from_chars(source_.data() + first, source_.data() + at_, token.number);
    if (error != std::errc()) {  // out of range: too small is zero, too large stays finite
      const std::string_view written = source_.substr(begin, at_ - begin);
      const bool tiny = written.find("e-") != std::string_view::npos || written.find("E-") != std::string_view::npos;
      token.number = tiny ? 0 : std::copysign(1e300, written.front() == '-' ? -1.0 : 1.0);
    }
    if (is_ident(0)) {
      token.kind = Kind::kDimension;
      token.text = read_name();
    } else if (peek() == '%') {
      ++at_;
      token.kind = Kind::kPercentage;
    } else {
      token.kind = Kind::kNumber;
    }
  }

  void read_ident(CssToken& token) {
    token.text = read_name();
    token.kind = Kind::kIdent;
    if (peek() != '(') {
      return;
    }
    ++at_;
    token.kind = Kind::kFunction;
    const std::string& name = token.text;
    const bool is_url =
        name.size() == 3 && (name[0] | 0x20) == 'u' && (name[1] | 0x20) == 'r' && (name[2] | 0x20) == 'l';
    if (!is_url) {
      return;
    }
    std::size_t ahead = 0;
    while (is_white(peek(ahead))) {
      ++ahead;
    }
    if (peek(ahead) != '"' && peek(ahead) != '\'') {
      at_ += ahead;
      read_url(token);
    }
  }

  /// Behind `url(` and blanks.
  void read_url(CssToken& token) {
    token.kind = Kind::kUrl;
    token.text.clear();
    while (peek() != kEnd) {
      const int c = peek();
      if (c == ')') {
        ++at_;
        return;
      }
      if (is_white(c)) {
        while (is_white(peek())) {
          ++at_;
        }
        if (peek() == kEnd) {
          return;
        }
        if (peek() == ')') {
          ++at_;
          return;
        }
        skip_bad_url(token);
        return;
      }
      if (c == '"' || c == '\'' || c == '(' || is_non_printable(c) || (c == '\\' && !is_escape(0))) {
        skip_bad_url(token);
        return;
      }
      if (c == '\\') {
        read_escape(token.text);
      } else {
        append(token.text);
      }
    }
  }

  void skip_bad_url(CssToken& token) {
    token.kind = Kind::kBadUrl;
    token.text.clear();
    while (peek() != kEnd) {
      if (peek() == ')') {
        ++at_;
        return;
      }
      if (is_escape(0)) {
        std::string ignored;
        read_escape(ignored);
      } else {
        ++at_;
      }
    }
  }

  std::string_view source_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<CssToken> tokenize_css(std::string_view source) { return Tokenizer(source).run(); }

}  // namespace smbatcher
