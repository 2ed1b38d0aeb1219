#pragma once

#include <cstddef>
#include <vector>

struct GumboInternalOutput;

namespace smbatcher {

/// The kinds of gumbo 0.10.1, in the order of its src/error.h.
enum class GumboErrorKind : int {
  kUtf8Invalid,
  kUtf8Truncated,
  kUtf8Null,
  kNumericNoDigits,
  kNumericWithoutSemicolon,
  kNumericInvalid,
  kNamedWithoutSemicolon,
  kNamedInvalid,
  kTagStartsWithQuestion,
  kTagEof,
  kTagInvalid,
  kCloseTagEmpty,
  kCloseTagEof,
  kCloseTagInvalid,
  kScriptEof,
  kAttributeNameEof,
  kAttributeNameInvalid,
  kAttributeDoubleQuoteEof,
  kAttributeSingleQuoteEof,
  kAttributeUnquotedEof,
  kAttributeUnquotedRightBracket,
  kAttributeUnquotedEquals,
  kAttributeAfterEof,
  kAttributeAfterInvalid,
  kDuplicateAttribute,
  kSolidusEof,
  kSolidusInvalid,
  kDashesOrDoctype,
  kCommentEof,
  kCommentInvalid,
  kCommentBangAfterDoubleDash,
  kCommentDashAfterDoubleDash,
  kCommentSpaceAfterDoubleDash,
  kCommentEndBangEof,
  kDoctypeEof,
  kDoctypeInvalid,
  kDoctypeSpace,
  kDoctypeRightBracket,
  kDoctypeSpaceOrRightBracket,
  kDoctypeEnd,
  kParser,
  kUnacknowledgedSelfClosing,
};

/// What a parser complained about, without its words, which are for its authors.
struct SyntaxError {
  GumboErrorKind kind = GumboErrorKind::kParser;
  std::size_t offset = 0;  // in the bytes that were parsed
};

/// The errors of a parse. gumbo publishes their list as untyped pointers; each entry begins with its kind and its
/// position, and only that is read. CMakeLists.txt holds the version, and tests/unit/sites/html/page_test.cc fails
/// when an entry is laid out otherwise.
std::vector<SyntaxError> errors_of(const GumboInternalOutput& output);

}  // namespace smbatcher
