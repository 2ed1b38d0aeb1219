#include "libregistry/core/base/text.h"

#include <string>

#include <gtest/gtest.h>

#include "libregistry/core/base/text_places.h"

namespace smbatcher {
namespace {

TEST(Text, LowersAsciiOnly) {
  EXPECT_EQ(to_lower("Bakery.EXAMPLE@[`{"), "bakery.example@[`{");
  EXPECT_EQ(to_lower("ÄÉ"), "ÄÉ");
}

TEST(Text, TrimsSpacesAndTabs) {
  EXPECT_EQ(trim(" \t a b\t "), "a b");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("\na\n"), "\na\n");
}

TEST(Text, JoinsEveryPartEmptyOnesToo) {
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join({"", "a", ""}, ","), ",a,");
  EXPECT_EQ(join({}, ","), "");
}

TEST(Text, CountsInSingularAndPlural) {
  EXPECT_EQ(counted(0, "site"), "0 sites");
  EXPECT_EQ(counted(1, "site"), "1 site");
  EXPECT_EQ(counted(1, "batch"), "1 batch");
  EXPECT_EQ(counted(2, "batch"), "2 batches");
}

TEST(EscapeControl, KeepsAResultOnOneLine) {
  EXPECT_EQ(escape_control("a\nb\tc\rd"), "a\\nb\\tc\\x0dd");
  EXPECT_EQ(escape_control(std::string("\0\x1b[31m\x7f", 7)), "\\x00\\x1b[31m\\x7f");
  EXPECT_EQ(escape_control("plain é 日本 😀"), "plain é 日本 😀");
}

TEST(EscapeControl, ShowsC1ControlsAndInvalidBytes) {
  EXPECT_EQ(escape_control("\xc2\x85"), "\\xc2\\x85");
  EXPECT_EQ(escape_control("a\xff"
                           "b"),
            "a\\xffb");
  EXPECT_EQ(escape_control("\xe2\x82"), "\\xe2\\x82");
}

struct Utf8Case {
  const char* name;
  std::string text;
  std::size_t invalid_at;
};

TEST(Utf8, FindsTheFirstByteThatIsNone) {
  constexpr std::size_t kNone = std::string::npos;
  const Utf8Case cases[] = {
      {"ascii", "abc", kNone},
      {"two, three and four bytes", "é€😀", kNone},
      {"NUL is UTF-8", std::string("a\0b", 3), kNone},
      {"the last code point", "\xf4\x8f\xbf\xbf", kNone},
      {"above the last code point", "\xf4\x90\x80\x80", 0},
      {"a lone continuation", "ab\x80", 2},
      {"an overlong slash", "\xc0\xaf", 0},
      {"an overlong three-byte form", "\xe0\x80\xaf", 0},
      {"an overlong four-byte form", "\xf0\x80\x80\xaf", 0},
      {"a surrogate", "a\xed\xa0\x80", 1},
      {"cut short", "ab\xe2\x82", 2},
      {"cut by another character", "\xe2\x82z", 0},
      {"a byte that never occurs", "abc\xff", 3},
  };
  for (const Utf8Case& test : cases) {
    EXPECT_EQ(find_invalid_utf8(test.text), test.invalid_at) << test.name;
    EXPECT_EQ(is_valid_utf8(test.text), test.invalid_at == kNone) << test.name;
  }
}

TEST(Nearest, SuggestsATypingSlipAndNothingFarther) {
  const std::vector<std::string> names{"heartbeat", "history", "release", "lease"};
  EXPECT_EQ(nearest("hearbeat", names), "heartbeat");
  EXPECT_EQ(nearest("leese", names), "lease");
  EXPECT_EQ(nearest("histroy", names), "history");
  EXPECT_EQ(nearest("frobnicate", names), "");
  EXPECT_EQ(nearest("x", {"y"}), "");
  EXPECT_EQ(nearest("x", {}), "");
}

std::string place(std::string_view text, std::size_t offset) {
  const TextPlace place = TextPlaces(text).at(offset);
  return std::to_string(place.line) + ":" + std::to_string(place.column) + ":" + std::to_string(place.characters);
}

TEST(TextPlaces, CountLinesByEveryLineEnd) {
  EXPECT_EQ(place("", 0), "1:1:1");
  EXPECT_EQ(place("a\nb", 2), "2:1:1");
  EXPECT_EQ(place("a\r\nb\rc", 5), "3:1:1");
  EXPECT_EQ(place("\n\r\n\n", 3), "3:1:1");
  EXPECT_EQ(place("a\r\nb", 2), "1:3:3") << "a line end belongs to its line";
}

TEST(TextPlaces, TheEndIsInTheLastLine) {
  EXPECT_EQ(place("a\nb\n", 4), "2:3:3");
  EXPECT_EQ(place("a\nb\n", 99), "2:3:3");
}

TEST(TextPlaces, CountBytesAndCharacters) { EXPECT_EQ(place("x\n\xC3\xA4y", 4), "2:3:2"); }

TEST(ShellQuote, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(shell_quote("find-next"), "find-next");
  EXPECT_EQ(shell_quote("a/b=c:d,e@f%g+h"), "a/b=c:d,e@f%g+h");
  EXPECT_EQ(shell_quote(""), "''");
  EXPECT_EQ(shell_quote("a b"), "'a b'");
  EXPECT_EQ(shell_quote("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quote("$(rm)"), "'$(rm)'");
  EXPECT_EQ(shell_quote("~"), "'~'");
}

}  // namespace
}  // namespace smbatcher
