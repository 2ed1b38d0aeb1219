#include "libregistry/sites/css/style_sheet.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

/// "color@2 font" of the declarations, with the block they stand in.
std::string properties(const StyleSheet& sheet) {
  std::string text;
  for (const CssDeclaration& declaration : sheet.declarations) {
    text += (text.empty() ? "" : " ") + (declaration.block.empty() ? "" : declaration.block + "/") +
            declaration.property + "@" + std::to_string(declaration.begin);
  }
  return text;
}

std::string value_of(const CssDeclaration& declaration) {
  std::string text;
  for (const CssToken& token : declaration.value) {
    text += token.is(CssToken::Kind::kWhitespace) ? " " : token.text;
  }
  return text;
}

TEST(StyleSheet, LaysRulesOfAnyDepthFlat) {
  EXPECT_EQ(properties(parse_style_sheet("a{b:c}")), "b@2");
  EXPECT_EQ(properties(parse_style_sheet("@media print{a:hover{b:c;D:e}}")), "b@21 d@25");
  EXPECT_EQ(properties(parse_style_sheet("@font-face{font-family:X}")), "font-face/font-family@11");
  EXPECT_EQ(properties(parse_style_sheet("@media x{@font-face{a:b}}")), "font-face/a@20");
  EXPECT_EQ(properties(parse_style_sheet("@keyframes k{50%{a:b}}")), "a@17");
}

TEST(StyleSheet, KnowsNestedRulesFromDeclarations) {
  EXPECT_EQ(properties(parse_style_sheet(".a{color:red;&:hover{b:c}a:focus{d:e}f:g}")), "color@3 b@21 d@33 f@37");
  EXPECT_EQ(properties(parse_style_sheet("a{--x:{y:z};b:c}")), "--x@2 b@12");
}

TEST(StyleSheet, KeepsTheCaseOfCustomProperties) {
  const StyleSheet sheet = parse_style_sheet(":root{--MyBlue: #00f !important;COLOR: red ! IMPORTANT }");
  ASSERT_EQ(sheet.declarations.size(), 2U);
  EXPECT_EQ(sheet.declarations[0].property + "=" + value_of(sheet.declarations[0]), "--MyBlue=00f");
  EXPECT_EQ(sheet.declarations[1].property + "=" + value_of(sheet.declarations[1]), "color=red");
}

TEST(StyleSheet, TakesTheInitialValueOfARegisteredProperty) {
  EXPECT_EQ(properties(parse_style_sheet("@property --x{syntax:'<color>';initial-value:red}")),
            "property/syntax@14 property/--x@31");
}

TEST(StyleSheet, FindsImports) {
  const StyleSheet sheet = parse_style_sheet("@import 'a.css';@import url(b.css) print;@import url(\"c.css\");x{y:z}");
  ASSERT_EQ(sheet.imports.size(), 3U);
  EXPECT_EQ(sheet.imports[0].url + sheet.imports[1].url + sheet.imports[2].url, "a.cssb.cssc.css");
  EXPECT_EQ(sheet.imports[2].begin, 41U);
  EXPECT_EQ(sheet.declarations.size(), 1U);
}

TEST(StyleSheet, SaysWhatIsNotClosed) {
  const auto faults = [](std::string_view css) {
    std::string text;
    for (const CssFault& fault : parse_style_sheet(css).faults) {
      text += std::to_string(fault.begin) + " " + fault.message + "\n";
    }
    return text;
  };
  EXPECT_EQ(faults("a{b:c}"), "");
  EXPECT_EQ(faults("a{b:c"), "1 '{' is not closed\n");
  EXPECT_EQ(faults("a{b:c}}"), "6 '}' closes nothing\n");
  EXPECT_EQ(faults("a{b:rgb(1;c:d}"), "1 '{' is not closed\n4 a parenthesis or bracket is not closed\n");
  EXPECT_EQ(faults("a{b:'c\n}"), "4 the text in quotes ends with the line: close it, or escape the line end\n");
  EXPECT_EQ(faults("a{b:url(c d)}"), "4 url(…) holds a blank, a quote or a parenthesis: put the address in quotes\n");
}

TEST(StyleSheet, ReadsAnAttribute) {
  EXPECT_EQ(properties(parse_style_attribute("color: red; font: x")), "color@0 font@12");
  EXPECT_EQ(properties(parse_style_attribute("color")), "");
}

TEST(StyleSheet, TakesDeepAndBrokenInputInItsStride) {
  EXPECT_EQ(parse_style_sheet(std::string(200'000, '{')).faults.size(), 200'000U);
  EXPECT_EQ(parse_style_sheet("a{b:" + std::string(200'000, '(')).declarations.size(), 1U);
  EXPECT_TRUE(parse_style_sheet("a{b:c;;;@x;@y{").declarations.size() == 1U);
}

}  // namespace
}  // namespace smbatcher
