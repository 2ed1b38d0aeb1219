#include "libregistry/sites/css/tokens.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

using Kind = CssToken::Kind;

/// The tokens as "name text" for comparison: "ident a", "number".
std::string kinds(std::string_view css) {
  constexpr std::string_view kNames[] = {"ident", "function", "at",    "hash",   "string",     "bad-string",
                                         "url",   "bad-url",  "delim", "number", "percentage", "dimension",
                                         " ",     "cdo",      "cdc",   ":",      ";",          ",",
                                         "[",     "]",        "(",     ")",      "{",          "}"};
  std::string text;
  for (const CssToken& token : tokenize_css(css)) {
    text += (text.empty() ? "" : "|") + std::string(kNames[static_cast<std::size_t>(token.kind)]);
    text += token.text.empty() ? "" : "=" + token.text;
  }
  return text;
}

TEST(CssTokens, AreCutAsTheStandardSays) {
  EXPECT_EQ(kinds("a{color:#fff}"), "ident=a|{|ident=color|:|hash=fff|}");
  EXPECT_EQ(kinds("@media (min-width:10.5em)"), "at=media| |(|ident=min-width|:|dimension=em|)");
  EXPECT_EQ(kinds("rgb(0 50% -1e3)"), "function=rgb|number| |percentage| |number|)");
  EXPECT_EQ(kinds("<!-- --x -->"), "cdo| |ident=--x| |cdc");
  EXPECT_EQ(kinds("-.5 +5 -a - +"), "number| |number| |ident=-a| |delim=-| |delim=+");
  EXPECT_EQ(kinds("a/**/b/* never closed"), "ident=a|ident=b");
}

TEST(CssTokens, ResolveEscapes) {
  EXPECT_EQ(kinds("\\72 ed"), "ident=red");
  EXPECT_EQ(kinds("#\\31 2"), "hash=12");
  EXPECT_EQ(kinds("'a\\\nb\\'c\\e9 '"), "string=ab'c\u00e9");
  EXPECT_EQ(kinds("\\0 \\110000 \\d800 "), "ident=\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(kinds("\\"), "delim=\\");
}

TEST(CssTokens, KnowAddressesInQuotesFromOthers) {
  EXPECT_EQ(kinds("url( a.png )"), "url=a.png");
  EXPECT_EQ(kinds("URL('a.png')"), "function=URL|string=a.png|)");
  EXPECT_EQ(kinds("url(a b) c"), "bad-url| |ident=c");
  EXPECT_EQ(kinds("url(a\"b)"), "bad-url");
  EXPECT_EQ(kinds("url(a"), "url=a");
}

TEST(CssTokens, EndABrokenStringWithItsLine) {
  const auto tokens = tokenize_css("'ab\nc");
  ASSERT_EQ(tokens.size(), 3U);
  EXPECT_EQ(tokens[0].kind, Kind::kBadString);
  EXPECT_EQ(tokens[0].end, 3U);
}

TEST(CssTokens, HaveNumbersAndTheirPlaces) {
  const auto tokens = tokenize_css("/* # */ -1.5e2px 1e999");
  ASSERT_EQ(tokens.size(), 4U);
  EXPECT_EQ(tokens[1].begin, 8U);
  EXPECT_EQ(tokens[1].end, 16U);
  EXPECT_EQ(tokens[1].number, -150);
  EXPECT_EQ(tokens[1].text, "px");
  EXPECT_EQ(tokens[3].number, 1e300) << "out of range, and still a number";
}

TEST(CssTokens, TakeAnyBytes) {
  EXPECT_EQ(kinds(std::string_view("a\0b", 3)), "ident=a\uFFFDb");
  EXPECT_EQ(kinds("\xff\xfe"), "ident=\xff\xfe");
  EXPECT_EQ(kinds("\r\n\f\t"), " ");
  EXPECT_EQ(kinds(""), "");
}

}  // namespace
}  // namespace smbatcher
