#include "libregistry/sites/css/check_design.h"

#include <gtest/gtest.h>

#include "libregistry/core/findings/report.h"
#include "tests/support/temp_dir.h"

namespace smbatcher {
namespace {

constexpr const char* kGood =
    "---\npalette: {background: \"#f4ede4\", text: \"#2e2622\"}\nfonts: [Spectral]\n---\n# Concept\n\nBread.\n";

/// A line for each finding.
std::string found(const std::string& text, const std::vector<std::string>& headings = {"Concept"}) {
  const test::TempDir dir;
  dir.write("DESIGN.md", text);
  const auto findings = check_design(system_file_ops(), dir.at("DESIGN.md"), "DESIGN.md", headings);
  EXPECT_TRUE(findings) << findings.error().message;
  std::string lines;
  for (const Finding& finding : findings ? *findings : std::vector<Finding>()) {
    lines += describe(finding) + "\n";
  }
  return lines;
}

std::string with_palette(const std::string& palette) {
  return "---\npalette: " + palette + "\nfonts: [Lora]\n---\n# Concept\nx\n";
}

TEST(CheckDesign, PassesAGoodOne) { EXPECT_EQ(found(kGood), ""); }

TEST(CheckDesign, WantsHeadingsWithSomethingBelow) {
  EXPECT_EQ(found(kGood, {"Concept", "Layout"}), "DESIGN.md design-heading the heading 'Layout' is missing\n");
  EXPECT_EQ(found(std::string(kGood) + "# Layout\n\n<!-- Write here: … -->\n# End\n", {"layout"}),
            "DESIGN.md:8 design-empty-section nothing stands below 'layout'\n");
  EXPECT_EQ(found(std::string(kGood) + "# Layout\n## Wide\n", {"Layout"}), "") << "a part is something";
}

TEST(CheckDesign, WantsPaletteAndFonts) {
  EXPECT_EQ(found("# Concept\nx\n"),
            "DESIGN.md:1 design-palette no palette is given: write palette: {background: \"#f4ede4\", text: "
            "\"#2e2622\"}\nDESIGN.md:1 design-fonts no fonts are given: write fonts: [Source Serif 4, serif]\n");
  EXPECT_EQ(found(with_palette("{text: \"#111\", background: chalk, paper: white}")),
            "DESIGN.md:2 design-colour 'chalk' is not a colour that can be compared: write it as \"#a4502f\"\n");
}

TEST(CheckDesign, MeasuresContrast) {
  EXPECT_EQ(
      found(with_palette("{text: \"#777\", background: white}")),
      "DESIGN.md:2 design-contrast 'text' #777 on 'background' white has a contrast of 4.47:1; text needs 4.5:1\n");
  EXPECT_EQ(found(with_palette("{text: \"#767676\", background: white}")), "");
  EXPECT_EQ(found(with_palette("{ink: black, \"ink on dark\": white, paper: white, \"dark paper\": black}")), "")
      << "each text has a background, and each background a text";
  EXPECT_EQ(found(with_palette("{text: black, paper: white, \"page at night\": \"#222\"}")),
            "DESIGN.md:2 design-contrast 'page at night' #222 below 'text' black has a contrast of 1.31:1; text needs "
            "4.5:1\n");
}

TEST(CheckDesign, ReadsTextOnAColourByItsName) {
  EXPECT_EQ(found(with_palette("{canvas: white, ink: black, surface-dark: \"#111\", on-dark: \"#eee\"}")), "");
  EXPECT_EQ(found(with_palette("{primary: \"#777\", on-primary: white, surface: white, on-surface: black}")),
            "DESIGN.md:2 design-contrast 'on-primary' white on 'primary' #777 has a contrast of 4.47:1; text needs "
            "4.5:1\n");
  EXPECT_EQ(found(with_palette("{surface: black, on-surface: white, text: \"#333\"}")),
            "DESIGN.md:2 design-contrast 'text' #333 on 'surface' black has a contrast of 1.66:1; text needs 4.5:1\n")
      << "a text without a partner of its own is still compared";
}

TEST(CheckDesign, ReadsDesignTokens) {
  EXPECT_EQ(
      found("---\nversion: alpha\ncolors:\n  text: \"#111\"\n  surface: \"#ffffff\"\ntypography:\n"
            "  h1: {fontFamily: Public Sans, fontSize: 48px}\n  body:\n    fontFamily: Lora\n---\n# Concept\nx\n"),
      "");
  EXPECT_EQ(found("---\ncolors: {text: \"#777\", surface: white}\ntypography: {h1: {fontSize: 48px}}\n---\n"
                  "# Concept\nx\n"),
            "DESIGN.md:2 design-contrast 'text' #777 on 'surface' white has a contrast of 4.47:1; text needs 4.5:1\n"
            "DESIGN.md:1 design-fonts no fonts are given: write fonts: [Source Serif 4, serif]\n");
}

TEST(CheckDesign, SaysWhenContrastCannotBeTold) {
  EXPECT_EQ(found(with_palette("[\"#111\", \"#fff\"]")),
            "DESIGN.md:2 design-contrast-unknown no colour is named 'text': contrast cannot be told (warning)\n");
  EXPECT_EQ(found(with_palette("{text: \"#111\", walls: white}")),
            "DESIGN.md:2 design-contrast-unknown no colour is named 'background': contrast cannot be told (warning)\n");
}

TEST(CheckDesign, FindsDocumentsThatCannotBeRead) {
  const std::string lines = found("---\npalette:\n  text: #111\n---\n");
  EXPECT_TRUE(lines.starts_with("DESIGN.md:3 design-front-matter a colour of 'text' is nothing")) << lines;
  EXPECT_TRUE(found("# \xff\n").starts_with("DESIGN.md:1 design-front-matter")) << found("# \xff\n");
  const test::TempDir dir;
  const auto findings = check_design(system_file_ops(), dir.at("DESIGN.md"), "DESIGN.md", {});
  ASSERT_TRUE(findings);
  ASSERT_EQ(findings->size(), 1U);
  EXPECT_EQ(describe(findings->front()), "DESIGN.md design-missing no design document is here");
}

}  // namespace
}  // namespace smbatcher
