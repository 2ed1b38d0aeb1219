#include "libregistry/sites/css/colour.h"

#include <cmath>
#include <numbers>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

/// "#ff0000 0.5", or "none".
std::string shown(std::string_view text) {
  const auto colour = parse_colour(text);
  if (!colour) {
    return "none";
  }
  const std::string hex = hex_of(*colour);
  return colour->alpha == 1 ? hex : hex + " " + std::to_string(colour->alpha).substr(0, 4);
}

TEST(Colour, IsTheSameInEveryNotation) {
  for (const char* const red : {"#f00",
                                "#F00F",
                                "#ff0000",
                                "#ff0000ff",
                                "red",
                                "RED",
                                "rgb(255,0,0)",
                                "rgb(255 0 0)",
                                "rgba(100%, 0%, 0%, 1)",
                                "rgb(255 0 0 / 100%)",
                                "hsl(0,100%,50%)",
                                "hsl(360deg 100% 50%)",
                                "hsla(1turn 100 50 / 1)",
                                "hsl(none 100% 50%)",
                                "hwb(0 0% 0%)",
                                "lab(54.2917 80.8125 69.8851)",
                                "lch(54.2917 106.839 40.8526)",
                                "lab(54.2917% 64.65% 55.908%)",
                                "oklab(0.62796 0.22486 0.12585)",
                                "oklch(0.62796 0.25768 29.234)",
                                "oklch(62.796% 64.42% 29.234deg)",
                                "color(srgb 1 0 0)",
                                "color(srgb-linear 100% 0 0)",
                                "color(xyz 0.41239 0.21264 0.01933)",
                                " rgb( 255 0 0 ) "}) {
    EXPECT_EQ(shown(red), "#ff0000") << red;
  }
}

TEST(Colour, KeepsItsOpacity) {
  EXPECT_EQ(shown("#f008"), "#ff0000 0.53");
  EXPECT_EQ(shown("rgb(255 0 0 / 25%)"), "#ff0000 0.25");
  EXPECT_EQ(shown("rgba(255,0,0,.5)"), "#ff0000 0.50");
  EXPECT_EQ(shown("transparent"), "#000000 0.00");
  EXPECT_EQ(shown("hsl(0 100% 50% / none)"), "#ff0000 0.00");
}

TEST(Colour, IsNothingWhereItCannotBeComputed) {
  for (const char* const text :
       {"", "currentColor", "CanvasText", "#12", "#12345", "#ggg", "#123456789", "rgb(1 2)", "rgb(1 2 3 4)",
        "rgb(1 2 3 /)", "rgb(calc(1) 2 3)", "rgb(var(--x) 2 3)", "color-mix(in srgb, red, blue)",
        "color(rec2020 1 0 0)", "red blue", "rgb(from red r g b)", "1px", "url(red)", "\"red\""}) {
    EXPECT_EQ(shown(text), "none") << text;
  }
}

TEST(Colour, ClipsWhatIsOutOfRange) {
  EXPECT_EQ(shown("rgb(300 -5 0)"), "#ff0000");
  EXPECT_EQ(shown("color(display-p3 1 0 0)"), "#ff0000");
  EXPECT_EQ(shown("hsl(1e999 100% 50%)"), shown("hsl(1e6 100% 50%)"));
  EXPECT_FALSE(std::isnan(distance(*parse_colour("lch(1e300 1e300 1e300)"), *parse_colour("red"))));
}

TEST(Colour, KnowsTheNames) {
  EXPECT_EQ(shown("rebeccapurple"), "#663399");
  EXPECT_EQ(shown("aliceblue"), "#f0f8ff");
  EXPECT_EQ(shown("yellowgreen"), "#9acd32");
  EXPECT_EQ(shown("Tan"), "#d2b48c");
  EXPECT_EQ(shown("grey"), shown("gray"));
  EXPECT_EQ(shown("reddish"), "none");
}

TEST(Colour, IsComparedInOklab) {
  EXPECT_NEAR(distance(*parse_colour("black"), *parse_colour("white")), 1, 1e-6);
  EXPECT_LT(distance(*parse_colour("#a4502f"), *parse_colour("#a6512f")), kColourTolerance);
  EXPECT_GT(distance(*parse_colour("#a4502f"), *parse_colour("#b4502f")), kColourTolerance);
}

TEST(Colour, HasTheContrastOfWcag) {
  const Colour white = *parse_colour("white");
  EXPECT_NEAR(contrast_ratio(white, *parse_colour("black")), 21, 1e-6);
  EXPECT_NEAR(contrast_ratio(*parse_colour("#767676"), white), 4.54, 0.005);
  EXPECT_NEAR(contrast_ratio(*parse_colour("#777"), white), 4.48, 0.005);
  EXPECT_NEAR(contrast_ratio(white, white), 1, 1e-9);
}

TEST(Colour, ComesBackFromOklabAsItWas) {
  for (unsigned rgb = 0; rgb <= 0xFFFFFF; rgb += 0x010305) {
    const Colour colour = colour_of(rgb);
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "#%06x", rgb);
    ASSERT_EQ(hex_of(colour), text.data());
  }
}

}  // namespace
}  // namespace smbatcher
