#include "libregistry/sites/similarity/traits.h"

#include <gmock/gmock.h>

#include "tests/unit/sites/similarity/support.h"

namespace smbatcher::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts(const std::vector<PaletteColour>& palette) {
  std::vector<std::string> all;
  for (const PaletteColour& colour : palette) {
    all.push_back(colour.text);
  }
  return all;
}

TEST(Traits, AreWhatTheFrontMatterSays) {
  const Traits found = traits(
      "---\npalette: {paper: \"#F4EDE4\", ink: [black, \"#2e2622\"]}\nfonts: {h: \"'Lora', serif\", body: Inter}\n"
      "layout: One column of cards\n---\n# Kiln\n\n## Palette\n\n#123456\n\n## Layout\n\nA grid.\n");
  EXPECT_EQ(found.name, "a.example");
  EXPECT_THAT(texts(found.palette), ElementsAre("#F4EDE4", "black", "#2e2622"));
  EXPECT_THAT(found.fonts, ElementsAre("inter", "lora"));
  EXPECT_THAT(found.layout, ElementsAre("cards", "column", "one"));
  EXPECT_THAT(found.words, ElementsAre("a", "grid"));
}

TEST(Traits, AreReadFromSectionsWhereTheFrontMatterIsSilent) {
  const Traits found = traits("# Kiln\n\n## Palette\n\n| a | #f4ede4 |\n\n## Layout\n\nOne column.\n\n#000000\n");
  EXPECT_THAT(texts(found.palette), ElementsAre("#f4ede4"));
  EXPECT_THAT(found.layout, ElementsAre("column", "one"));
  EXPECT_THAT(found.fonts, IsEmpty());
}

TEST(Traits, AreNoneOfASkeleton) {
  EXPECT_TRUE(traits("---\ndomain: a.example\npalette: {}\nfonts: []\nlayout: \"\"\n---\n# a.example\n\n"
                     "## Concept\n\n<!-- what it is about -->\n")
                  .empty());
  EXPECT_FALSE(traits("Words.\n").empty());
}

TEST(Traits, EndAfterManyWords) {
  std::string text;
  for (std::size_t i = 0; i < kMostWords + 5; ++i) {
    text += "w" + std::to_string(i) + "\n";
  }
  EXPECT_EQ(traits(text).words.size(), kMostWords);
}

TEST(Fonts, AreFamiliesInLowerCase) {
  EXPECT_THAT(font_families({"Source Serif 4", " Georgia", "serif", "LORA", "lora", ""}),
              ElementsAre("georgia", "lora", "source serif 4"));
  EXPECT_THAT(font_families({"system-ui", "sans-serif"}), ElementsAre("sans-serif", "system-ui"));
  EXPECT_THAT(font_families({"", " "}), IsEmpty());
}

}  // namespace
}  // namespace smbatcher::test
