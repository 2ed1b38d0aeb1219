#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace smbatcher {

/// A token of a style sheet and the bytes that it stands in. Comments are no tokens.
struct CssToken {
  enum class Kind {
    kIdent,
    kFunction,  // with its parenthesis
    kAtKeyword,
    kHash,
    kString,
    kBadString,  // ends before the line end that broke it
    kUrl,
    kBadUrl,
    kDelim,
    kNumber,
    kPercentage,
    kDimension,
    kWhitespace,
    kCdo,
    kCdc,
    kColon,
    kSemicolon,
    kComma,
    kOpenSquare,
    kCloseSquare,
    kOpenParen,
    kCloseParen,
    kOpenCurly,
    kCloseCurly,
  };
  Kind kind = Kind::kWhitespace;
  std::size_t begin = 0;  // in bytes, in the source
  std::size_t end = 0;
  std::string text;   // the name without '@', '#' or '(', the content of a string or url, the unit of a dimension, the
                      // character of a delimiter; escapes resolved
  double number = 0;  // of a number, a percentage or a dimension
  std::size_t source = 0;  // which text the bytes are in, for a caller that puts tokens of several together

  bool is(Kind other) const { return kind == other; }
  bool is_delim(char c) const { return kind == Kind::kDelim && text.size() == 1 && text[0] == c; }
};

/// Cuts a style sheet into tokens, any bytes at all: every byte but those of comments belongs to exactly one token, in
/// order. A NUL is U+FFFD, CR and FF end lines, and other bytes that are not UTF-8 are letters.
/// Source: CSS Syntax Module Level 3 (https://www.w3.org/TR/css-syntax-3/), section 4.
std::vector<CssToken> tokenize_css(std::string_view source);

}  // namespace smbatcher
