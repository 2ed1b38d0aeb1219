#include "libregistry/sites/css/design_values.h"

#include <gtest/gtest.h>

namespace smbatcher {
namespace {

TEST(DesignValues, HaveColoursWithNameAndLine) {
  const auto design = parse_design("---\npalette:\n  text: \"#111\"\n  walls: [white, clay]\n---\n", "D.md");
  ASSERT_TRUE(design);
  const auto palette = palette_of(*design);
  ASSERT_EQ(palette.size(), 3U);
  EXPECT_EQ(describe(palette[0]) + " " + std::to_string(palette[0].line), "'text' #111 3");
  EXPECT_TRUE(palette[1].colour);
  EXPECT_FALSE(palette[2].colour) << "clay is not a colour of CSS";
}

TEST(DesignValues, CutFontsAtCommas) {
  const auto design = parse_design("---\nfonts: {body: \"'Source Serif 4', serif\", code: monospace}\n---\n", "D.md");
  ASSERT_TRUE(design);
  const auto fonts = fonts_of(*design);
  ASSERT_EQ(fonts.size(), 3U);
  EXPECT_EQ(fonts[0].family, "Source Serif 4");
  EXPECT_TRUE(fonts[1].is_generic && !fonts[1].stands_alone);
  EXPECT_TRUE(fonts[2].is_generic && fonts[2].stands_alone);
}

TEST(DesignValues, MakeSlugsAsIdsAreMade) {
  EXPECT_EQ(slug_of("  Opening hours & prices! "), "opening-hours-prices");
  EXPECT_EQ(slug_of("Über uns"), "Über-uns");
  EXPECT_EQ(slug_of("--"), "");
}

TEST(DesignValues, TakeSectionsFromContentOrFromTheFrontMatter) {
  const auto names = [](const std::string& text) {
    std::string all;
    const auto design = parse_design(text, "D.md");
    for (const DesignSection& section : sections_of(*design)) {
      all += section.name + "@" + std::to_string(section.line) + ";";
    }
    return all;
  };
  EXPECT_EQ(names("# A\n## Content\n### Hours\n#### Winter\n### Map\n## Other\n### No\n"), "Hours@3;Map@5;");
  EXPECT_EQ(names("---\nsections: [Hours, Prices]\n---\n## Content\n### Map\n"), "Hours@2;Prices@2;");
  EXPECT_EQ(names("## Layout\n"), "");
}

}  // namespace
}  // namespace smbatcher
