#pragma once

#include <string_view>

#include "libregistry/sites/html/gumbo_errors.h"

namespace smbatcher {

struct SyntaxMessage {
  std::string_view rule;  // empty for what is not told
  std::string_view text;
};

/// What a fault of the tokenizer is called; no rule for what HTML has come to allow since the parser was written, for
/// UTF-8, which is looked at before, and for the faults of nesting.
SyntaxMessage message_of(GumboErrorKind kind);

}  // namespace smbatcher
