#include "libregistry/sites/css/variables.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

/// The value with its variables put in, and what is missing.
std::string expanded(std::string_view css, std::string_view value, std::size_t round = 0) {
  const StyleSheet sheet = parse_style_sheet(css);
  VariableScope scope;
  scope.add(sheet);
  const ExpandedValue result = scope.expand(tokenize_css(value), round);
  std::string text;
  for (const CssToken& token : result.tokens) {
    text += token.is(CssToken::Kind::kWhitespace) ? " " : token.text;
  }
  for (const ExpandedValue::Missing& missing : result.missing) {
    text += "|" + missing.name + " " + missing.why;
  }
  return text + (result.choices > 1 ? " of " + std::to_string(result.choices) : "");
}

TEST(Variables, ArePutIn) {
  EXPECT_EQ(expanded(":root{--a:red}", "solid var(--a)"), "solid red");
  EXPECT_EQ(expanded(":root{--a:var( --b );--b:blue}", "var(--a)"), "blue");
  EXPECT_EQ(expanded(":root{--rgb:1,2}", "x var(--rgb) y"), "x  y") << "commas and numbers have no text";
  EXPECT_EQ(expanded("", "plain"), "plain");
}

TEST(Variables, FallBackWhereTheyAreNotSet) {
  EXPECT_EQ(expanded("", "var(--a, red)"), " red");
  EXPECT_EQ(expanded(":root{--b:x}", "var(--a,var(--b))"), "x");
  EXPECT_EQ(expanded(":root{--a:y}", "var(--a, red)"), "y");
  EXPECT_EQ(expanded("", "var(--a,)"), "");
}

TEST(Variables, AreMissingWhereNobodySetsThem) {
  EXPECT_EQ(expanded("", "a var(--b)"), "a |--b is set nowhere, and there is no fallback");
  EXPECT_EQ(expanded(":root{--a:var(--b)}", "var(--a)"), "|--b is set nowhere, and there is no fallback");
  EXPECT_EQ(expanded("", "var(x)"), "|var() names no custom property such as --accent");
  EXPECT_EQ(expanded("", "var("), "|var() names no custom property such as --accent");
}

TEST(Variables, HaveAChoiceForEachValue) {
  constexpr std::string_view kCss = ":root{--a:red}@media x{:root{--a:blue}}";
  EXPECT_EQ(expanded(kCss, "var(--a)", 0), "red of 2");
  EXPECT_EQ(expanded(kCss, "var(--a)", 1), "blue of 2");
}

TEST(Variables, EndWhereTheyNeedThemselves) {
  EXPECT_EQ(expanded(":root{--a:var(--b);--b:var(--a)}", "var(--a)"), "|--a needs itself to be known");
}

TEST(Variables, DoNotMultiplyWithoutEnd) {
  std::string css = ":root{--x0:a a a a a a a a a a;";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "var(--x" + std::to_string(i - 1) + ")";
    css += "--x" + std::to_string(i) + ":" + before + before + before + before + ";";
  }
  EXPECT_NE(expanded(css + "}", "var(--x39)"), "");
}

}  // namespace
}  // namespace smbatcher
