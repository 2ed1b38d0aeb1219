#include "libregistry/sites/html/syntax_messages.h"

namespace smbatcher {

using Kind = GumboErrorKind;

SyntaxMessage message_of(GumboErrorKind kind) {
  switch (kind) {
    case Kind::kNumericNoDigits:
      return {"html-character-reference", "'&#' without a number: write '&amp;#' for the characters themselves"};
    case Kind::kNumericWithoutSemicolon:
      return {"html-character-reference", "a character reference lacks its ';'"};
    case Kind::kNumericInvalid:
      return {"html-character-reference", "no character has this number"};
    case Kind::kNamedWithoutSemicolon:
      return {"html-character-reference", "a character reference lacks its ';'; write '&amp;' for the character '&'"};
    case Kind::kNamedInvalid:
      return {"html-character-reference", "no character reference has this name; write '&amp;' for the character '&'"};
    case Kind::kTagStartsWithQuestion:
      return {"html-syntax", "'<?' is not HTML: it becomes a comment"};
    case Kind::kTagInvalid:
      return {"html-syntax", "'<' begins no tag here: write '&lt;' for the character"};
    case Kind::kCloseTagEmpty:
      return {"html-syntax", "'</>' names no element"};
    case Kind::kCloseTagInvalid:
      return {"html-syntax", "'</' begins no end tag here: it becomes a comment"};
    case Kind::kTagEof:
    case Kind::kCloseTagEof:
    case Kind::kAttributeNameEof:
    case Kind::kAttributeDoubleQuoteEof:
    case Kind::kAttributeSingleQuoteEof:
    case Kind::kAttributeUnquotedEof:
    case Kind::kAttributeAfterEof:
    case Kind::kSolidusEof:
      return {"html-unexpected-eof", "the file ends inside a tag: is a quote or '>' missing?"};
    case Kind::kScriptEof:
      return {"html-unexpected-eof", "the file ends inside a script: '</script>' is missing"};
    case Kind::kCommentEof:
    case Kind::kCommentEndBangEof:
      return {"html-unexpected-eof", "the file ends inside a comment: '-->' is missing"};
    case Kind::kDoctypeEof:
      return {"html-unexpected-eof", "the file ends inside the doctype"};
    case Kind::kAttributeNameInvalid:
      return {"html-attribute-syntax", "an attribute's name cannot hold this character: is a quote missing before?"};
    case Kind::kAttributeUnquotedRightBracket:
      return {"html-attribute-syntax", "an attribute has '=' and no value"};
    case Kind::kAttributeUnquotedEquals:
      return {"html-attribute-syntax", "a value without quotes cannot hold this character: put it in quotes"};
    case Kind::kAttributeAfterInvalid:
      return {"html-attribute-syntax", "no blank stands before this attribute"};
    case Kind::kSolidusInvalid:
      return {"html-attribute-syntax", "'/' inside a tag can stand only before its '>'"};
    case Kind::kDuplicateAttribute:
      return {"html-duplicate-attribute", "this attribute was given before; the first one counts"};
    case Kind::kDashesOrDoctype:
      return {"html-syntax", "'<!' begins no comment and no doctype here: it becomes a comment"};
    case Kind::kCommentBangAfterDoubleDash:
      return {"html-syntax", "a comment ends with '-->', not with '--!>'"};
    case Kind::kUnacknowledgedSelfClosing:
      return {"html-self-closing", "'/>' closes nothing here: write the end tag"};
    default:
      return {};
  }
}

}  // namespace smbatcher
