#include "libregistry/sites/designs/design_check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/sites/designs/support.h"

namespace smbatcher::test {
namespace {

std::string missing(const std::string& text, const std::vector<std::string>& required = {"Concept", "Palette"}) {
  const TempDir folder;
  folder.write("DESIGN.md", text);
  const auto check = check_headings(system_file_ops(), folder.at("DESIGN.md"), required);
  if (!check) {
    return shown(check.error(), folder);
  }
  EXPECT_TRUE(check->present);
  EXPECT_EQ(check->passed(), check->missing.empty());
  std::string list;
  for (const std::string& heading : check->missing) {
    list += heading + ";";
  }
  return list;
}

TEST(DesignCheck, FindsHeadingsOfEveryKind) {
  for (const char* text : {
           "# Concept\n\n## Palette\n",
           "###### concept ######\r\n\r\n# PALETTE\r\n",
           "Concept\n===\n\nPalette\n---\n",
           "## **Con**cept\n##   `Palette`  \n",
           "## <a id=\"c\"></a>Concept\n## [Palette](#p)\n",
           "## C&#111;ncept\n## \\Palette\n## Palette\n",
           "> ## Concept\n\n- ## Palette\n",
           "\xEF\xBB\xBF# Concept\n# Palette",
       }) {
    EXPECT_EQ(missing(text), "") << text;
  }
  EXPECT_EQ(missing("Colour\nand light\n---\n## Caf\xC3\xA9", {"Colour and light", "Caf\xC3\xA9 "}), "");
}

TEST(DesignCheck, NamesTheMissingOnesInTheirOrder) {
  EXPECT_EQ(missing(""), "Concept;Palette;");
  EXPECT_EQ(missing("# Palette"), "Concept;");
  EXPECT_EQ(missing("# Concept and Palette\n# Concepts\n#Palette\n"), "Concept;Palette;");
  EXPECT_EQ(missing("Concept\n\nPalette\n"), "Concept;Palette;");
  EXPECT_EQ(missing("", {}), "");
}

TEST(DesignCheck, CodeIsNoHeading) {
  EXPECT_EQ(missing("```\n# Concept\n```\n~~~md\n# Palette\n~~~\n"), "Concept;Palette;");
  EXPECT_EQ(missing("    # Concept\n\n<!--\n# Palette\n-->\n"), "Concept;Palette;");
}

TEST(DesignCheck, SectionsOfCommentsOnlyAreMissing) {
  EXPECT_EQ(missing("# Concept\n\n<!-- write here -->\n\n# Palette\nred\n"), "Concept;");
  EXPECT_EQ(missing("# Concept\n<!-- a -->\n<!-- b\n\nc -->\n## More\n\n# Palette\n- <!-- d -->\n"),
            "Concept;Palette;");
  EXPECT_EQ(missing("# Concept\n<!-- a --> text\n\n# Palette\n<!-- b -->\n\n## More\nred\n"), "");
  EXPECT_EQ(missing("# Concept\n<!-- a -->\n# Palette\n# Concept\ntext\n"), "") << "one of the two has text";
}

TEST(DesignCheck, FrontMatterIsSkipped) {
  EXPECT_EQ(missing("---\n# Concept\ntitle: x\nPalette\n---\n"), "Concept;Palette;");
  EXPECT_EQ(missing("---\n# Concept\n...\n# Palette\n"), "Concept;");
  EXPECT_EQ(missing("\xEF\xBB\xBF---\r\n# Concept\r\n---\r\n# Palette\r\n"), "Concept;");
  EXPECT_EQ(missing("---\n\n# Concept\n# Palette\n"), "");
  EXPECT_EQ(missing("----\n# Concept\n---\n# Palette\n"), "");
}

TEST(DesignCheck, NamesThePlaceOfTextThatCannotBeRead) {
  using namespace std::string_literals;
  EXPECT_EQ(missing("---\na: b\n---\n\xFF\n"),
            "invalid_utf8 DESIGN.md:4: 'DESIGN.md:4' is not UTF-8: save the file as UTF-8");
  EXPECT_EQ(missing("# a\0"s), "nul_byte DESIGN.md:1: 'DESIGN.md:1' holds a NUL byte: remove it");
  EXPECT_EQ(missing("\n" + std::string(65537, 'x')),
            "line_too_long DESIGN.md:2: 'DESIGN.md:2' is longer than 64 KiB: break the line");
  EXPECT_EQ(missing(std::string((std::size_t{8} << 20U) + 1, '\n')),
            "file_too_large DESIGN.md: 'DESIGN.md' is larger than 8388608 bytes; is it the right file?");
}

TEST(DesignCheck, AbsentFileMissesAll) {
  const TempDir folder;
  const auto check = check_headings(system_file_ops(), folder.at("sites/a/DESIGN.md"), {"Concept", "Palette"});
  ASSERT_TRUE(check.has_value());
  EXPECT_FALSE(check->present);
  EXPECT_FALSE(check->passed());
  EXPECT_EQ(check->missing, (Lines{"Concept", "Palette"}));
  EXPECT_FALSE(check_headings(system_file_ops(), folder.at("none"), {})->passed());
}

TEST(DesignCheck, RefusesANamedPipeWithoutWaiting) {
  const TempDir folder;
  ASSERT_EQ(::mkfifo(folder.at("DESIGN.md").c_str(), 0600), 0);
  const auto check = check_headings(system_file_ops(), folder.at("DESIGN.md"), {"Concept"});
  ASSERT_FALSE(check.has_value());
  EXPECT_EQ(check.error().reason.text(), "not_a_regular_file");
}

}  // namespace
}  // namespace smbatcher::test
