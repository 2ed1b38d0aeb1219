#include "libregistry/core/base/utf8.h"

#include <gtest/gtest.h>

#include "libregistry/core/base/ascii.h"

namespace smbatcher {
namespace {

TEST(CodePoints, AreReadAsTheyAreWritten) {
  for (const char32_t point :
       {0x00U, 0x41U, 0x7FU, 0x80U, 0x7FFU, 0x800U, 0xD7FFU, 0xE000U, 0xFFFFU, 0x10000U, 0x10FFFFU}) {
    std::string text;
    append_utf8(text, point);
    const CodePoint read = first_code_point(text + "x");
    EXPECT_EQ(read.value, point);
    EXPECT_EQ(read.size, text.size());
  }
}

TEST(CodePoints, AreNotBegunByWhatIsNotUtf8) {
  for (const char* text : {"\x80", "\xC0\x80", "\xC3", "\xC3x", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
                           "\xF4\x90\x80\x80", "\xF8\x88\x80\x80", "\xFF"}) {
    EXPECT_EQ(first_code_point(text).size, 0U) << text;
  }
}

TEST(Ascii, EndsAtItsLastCharacter) {
  for (const char c : {'\x80', '\xAA', '\xB2', '\xC0', '\xFF'}) {  // letters and digits of Latin-1
    EXPECT_FALSE(is_letter_or_digit(c) || is_hex_digit(c));
    EXPECT_FALSE(is_letter_or_digit(static_cast<unsigned char>(c)));
  }
}

TEST(Ascii, HexHasAsManyDigitsAsAsked) {
  std::string text;
  append_hex(text, 0x1FU, 4);
  append_hex(text, 0xABCDU, 2, kCapitalHexDigits);
  append_hex(text, UINT64_MAX, 16);
  EXPECT_EQ(text, "001fCDffffffffffffffff");
}

}  // namespace
}  // namespace smbatcher
