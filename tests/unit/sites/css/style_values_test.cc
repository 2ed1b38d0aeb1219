#include "libregistry/sites/css/style_values.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

/// "#ff0000@0 ?@5": colours and where they begin.
std::string colours(std::string_view property, std::string_view value) {
  std::string text;
  for (const ColourUse& use : colours_in(property, tokenize_css(value))) {
    text += (text.empty() ? "" : " ") + (use.colour ? hex_of(*use.colour) : std::string("?")) + "@" +
            std::to_string(use.first.begin);
  }
  return text;
}

std::string fonts(std::string_view property, std::string_view value) {
  std::string text;
  for (const FontUse& use : fonts_in(property, tokenize_css(value))) {
    text += (text.empty() ? "" : ", ") + use.family + (use.is_first ? "!" : "") + (use.is_generic ? "~" : "");
  }
  return text;
}

TEST(StyleValues, HaveColoursInShorthandsAndGradients) {
  EXPECT_EQ(colours("border", "1px solid red"), "#ff0000@10");
  EXPECT_EQ(colours("background", "url(tan.png) #00F no-repeat"), "#0000ff@13");
  EXPECT_EQ(colours("box-shadow", "0 0 1px rgb(0 0 0 / 20%), inset 0 0 blue"), "#000000@8 #0000ff@36");
  EXPECT_EQ(colours("background-image", "linear-gradient(in oklch, red 10%, hsl(240 100% 50%))"),
            "#ff0000@26 #0000ff@35");
  EXPECT_EQ(colours("color", "color-mix(in srgb, red 20%, light-dark(#fff, black))"),
            "#ff0000@19 #ffffff@39 #000000@45");
}

TEST(StyleValues, HaveNamesOnlyWherePropertiesTakeThem) {
  EXPECT_EQ(colours("animation-name", "tan"), "");
  EXPECT_EQ(colours("font-family", "Tan"), "");
  EXPECT_EQ(colours("color-scheme", "red"), "");
  EXPECT_EQ(colours("scrollbar-color", "red blue"), "#ff0000@0 #0000ff@4");
  EXPECT_EQ(colours("anything", "#f00"), "#ff0000@0");
}

TEST(StyleValues, LeaveOutWhatIsNotSeen) {
  EXPECT_EQ(colours("color", "currentColor"), "");
  EXPECT_EQ(colours("color", "transparent"), "");
  EXPECT_EQ(colours("color", "#ff000000"), "");
  EXPECT_EQ(colours("mask-image", "linear-gradient(black, white)"), "");
  EXPECT_EQ(colours("content", "\"red\""), "");
}

TEST(StyleValues, TellWhatCannotBeCompared) {
  EXPECT_EQ(colours("color", "rgb(calc(1 + 2) 0 0)"), "?@0");
  EXPECT_EQ(colours("color", "#12"), "?@0");
  EXPECT_EQ(colours("color", "rgb(from #f00 r g b / 50%)"), "#ff0000@9") << "the colour it is made from counts";
}

TEST(StyleValues, HaveFontsInBothProperties) {
  EXPECT_EQ(fonts("font-family", "'Source Serif 4', Georgia , serif"), "Source Serif 4!, Georgia, serif~");
  EXPECT_EQ(fonts("font-family", "IBM Plex Sans,system-ui"), "IBM Plex Sans!, system-ui~");
  EXPECT_EQ(fonts("font", "italic 700 1rem/1.5 Spectral, serif"), "Spectral!, serif~");
  EXPECT_EQ(fonts("font", "oblique 10deg small-caps 12px/normal \"A B\""), "A B!");
  EXPECT_EQ(fonts("font", "bold calc(1rem + 1vw) Lora"), "Lora!");
  EXPECT_EQ(fonts("font", "x-large/110% Lora"), "Lora!");
}

TEST(StyleValues, HaveNoFontsInWordsOfCss) {
  EXPECT_EQ(fonts("font", "inherit"), "");
  EXPECT_EQ(fonts("font", "caption"), "");
  EXPECT_EQ(fonts("font-family", "inherit"), "");
  EXPECT_EQ(fonts("font-family", "'inherit'"), "inherit!");
  EXPECT_EQ(fonts("color", "serif"), "");
  EXPECT_EQ(fonts("font-family", "'serif'"), "serif!") << "in quotes it is a family of that name";
}

TEST(StyleValues, AreReadInLinearTime) {
  std::string nested;
  for (int i = 0; i < 100'000; ++i) {
    nested += "f(rgb(from ";
  }
  EXPECT_EQ(colours("color", nested), "");
}

}  // namespace
}  // namespace smbatcher
