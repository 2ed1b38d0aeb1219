#include "libregistry/sites/designs/design_document.h"

#include <sys/stat.h>
#include <unistd.h>

#include <source_location>

#include "libregistry/core/base/text.h"
#include "tests/unit/sites/designs/support.h"

namespace smbatcher::test {
namespace {

/// The document, or a failure of the test.
DesignDocument parsed(const std::string& text, std::source_location at = std::source_location::current()) {
  auto document = parse_design(text, "D.md");
  if (!document) {
    ADD_FAILURE_AT(at.file_name(), static_cast<int>(at.line())) << text << "\n" << document.error().message;
    return {};
  }
  return std::move(*document);
}

/// "reason where: message" of front matter that is refused; "" when it is not.
std::string fault(const std::string& front) {
  const TempDir folder;
  const auto document = parse_design("---\n" + front + "---\n# a\n", "D.md");
  if (document) {
    return "";
  }
  EXPECT_EQ(document.error().code, Errc::kMalformed);
  return shown(document.error(), folder);
}

std::string shown(const std::vector<NamedTexts>& named) {
  std::string text;
  for (const NamedTexts& each : named) {
    text += each.name + "=" + join(each.texts, ",") + "@" + std::to_string(each.line) + " ";
  }
  return text;
}

Lines shown(const std::vector<DocumentSection>& sections) {
  Lines lines;
  for (const DocumentSection& section : sections) {
    lines.push_back(std::to_string(section.level) + " " + section.heading + "@" + std::to_string(section.line) + ": " +
                    section.text);
  }
  return lines;
}

TEST(DesignFields, AreReadInEveryForm) {
  const DesignDocument document = parsed(
      "---\ndomain: a.example\nbatch: 003\npalette:\n  background: \"#fff\"\n  room: ['#111', red]\nfonts: {body: "
      "Lora, "
      "head: [Lora, serif]}\nlayout: one column\ntheme: 'no'\nown: [1, {x: y}]\nstamp: {batch: \"003\", time: t, hash: "
      "h}\n---\n# a\n");
  const DesignFields& fields = document.fields;
  EXPECT_EQ(fields.domain + " " + fields.batch, "a.example 003");
  EXPECT_EQ(shown(fields.palette), "background=#fff@5 room=#111,red@6 ");
  EXPECT_EQ(shown(fields.fonts), "body=Lora@7 head=Lora,serif@7 ");
  EXPECT_EQ(fields.layout + " " + fields.theme, "one column no");
  ASSERT_TRUE(fields.stamp.has_value());
  EXPECT_EQ(fields.stamp->batch + fields.stamp->time + fields.stamp->hash, "003th");
  EXPECT_EQ(to_json(fields.all).find("own")->dump(), R"(["1",{"x":"y"}])");
  EXPECT_EQ(shown(parsed("---\npalette: [\"#fff\", red]\nfonts: Lora\n---\n").fields.palette), "=#fff,red@2 ");
  EXPECT_EQ(shown(parsed("---\nfonts: Lora\n---\n").fields.fonts), "=Lora@2 ");
}

TEST(DesignFields, MayAllBeAbsentOrEmpty) {
  for (const char* text : {"", "# a\n", "---\n---\n", "---\n# nothing\n---\n",
                           "---\ndomain:\nbatch:\npalette:\nfonts: []\nlayout: # later\ntheme: \"\"\nstamp:\n---\n"}) {
    const DesignFields fields = parsed(text).fields;
    EXPECT_TRUE(fields.domain.empty() && fields.palette.empty() && fields.layout.empty() && !fields.stamp) << text;
  }
}

TEST(DesignFields, ColoursWithoutQuotesAreNamedWithTheirQuotes) {
  EXPECT_EQ(fault("palette:\n  a: \"#fff\"\n  accent: #ff0000\n"),
            "design_invalid D.md:4: a colour of 'accent' is nothing, since '#' begins a comment in YAML: put it in "
            "quotes, accent: \"#ff0000\"");
  EXPECT_EQ(fault("palette:\n  - red\n  - #ff0000  # warm\n"),
            "design_invalid D.md:4: a colour of 'palette' is nothing, since '#' begins a comment in YAML: put it in "
            "quotes, - \"#ff0000\"");
  EXPECT_EQ(fault("x: 1\npalette: {a: #ff0000, b: red}\ny: 2\n"),
            "design_invalid D.md:3: '#ff0000' begins a comment in YAML, which swallows the rest of the line: quote the "
            "colour, \"#ff0000\"");
  EXPECT_EQ(
      fault("palette: #abc\n"),
      "design_invalid D.md:2: 'palette' is nothing, since '#' begins a comment in YAML: put it in quotes, palette: "
      "\"#abc\"");
  EXPECT_EQ(fault("theme: #warm and red\n"),
            "design_invalid D.md:2: 'theme' is nothing, since '#' begins a comment in YAML: put it in quotes, theme: "
            "\"#warm and red\"");
  EXPECT_EQ(fault("palette:\n  accent:\n"),
            "design_invalid D.md:3: a colour of 'accent' is nothing: write accent: \"#a4502f\", or remove the line");
  EXPECT_EQ(fault("fonts:\n  -\n"),
            "design_invalid D.md:3: a font of 'fonts' is nothing: write - Lora, or remove the line");
}

TEST(DesignFields, OtherTrapsSayWhatToWriteInstead) {
  EXPECT_EQ(fault("theme: a\ntheme: b\n"),
            "design_invalid D.md:3: key 'theme' stands twice; the first is on line 2; keep one of them");
  EXPECT_EQ(
      fault("palette:\n\ta: red\n"),
      "design_invalid D.md:3: a tab indents this line, and YAML takes blanks only: write two blanks for each level");
  EXPECT_EQ(fault("title: foo: bar\n"),
            "design_invalid D.md:2: not valid YAML: illegal map value (column 11); put text that holds ': ' in quotes");
  EXPECT_EQ(fault("a: " + std::string(70, '[') + std::string(70, ']') + "\n"),
            "design_invalid D.md:2: nested deeper than 64 levels; palette and fonts need two");
  EXPECT_EQ(fault("a: " + std::string(600, '[') + std::string(600, ']') + "\n"),
            "design_invalid D.md:2: nested deeper than 64 levels; palette and fonts need two");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + alias;
    for (int repeat = 1; repeat < 10; ++repeat) {
      bomb += ", " + alias;
    }
    bomb += "]\n";
  }
  EXPECT_EQ(
      fault(bomb),
      "design_invalid D.md:2: holds more than 10000 values; do its aliases repeat each other? write the values out "
      "instead of using '*'");
  EXPECT_EQ(fault(std::string(300 << 10U, '\n')),
            "design_invalid D.md:1: front matter is longer than 256 KiB; is its end, a line '---', missing?");
}

TEST(DesignFields, WrongKindsSayWhichIsNeeded) {
  EXPECT_EQ(fault("- a\n"),
            "design_invalid D.md:2: front matter must be keys and values such as 'theme: warm', not a list");
  EXPECT_EQ(
      fault("palette: warm\n"),
      "design_invalid D.md:2: 'palette' must be a map of names and colours such as {accent: \"#a4502f\"}, or a list "
      "of colours, not text");
  EXPECT_EQ(fault("palette: {a: {b: red}}\n"),
            "design_invalid D.md:2: 'a' must be a colour or a list of colours, not a map");
  EXPECT_EQ(fault("palette: [[red]]\n"),
            "design_invalid D.md:2: a colour of 'palette' must be text such as \"#a4502f\", not a list");
  EXPECT_EQ(fault("theme: [a]\n"), "design_invalid D.md:2: 'theme' must be text, not a list: write theme: \"…\"");
  EXPECT_EQ(fault("stamp: 3\n"),
            "design_invalid D.md:2: 'stamp' is written by smbatcher write-design, and this is text: remove the line");
}

TEST(DesignFields, BytesThatAreNoTextAreNamedByTheirLine) {
  EXPECT_EQ(fault("a: \xFF\n"), "invalid_utf8 D.md:2: 'D.md:2' is not UTF-8: save the file as UTF-8");
  EXPECT_EQ(fault(std::string("a: \0\n", 5)), "nul_byte D.md:2: 'D.md:2' holds a NUL byte: remove it");
}

TEST(DesignFields, FrontMatterHasAnEnd) {
  const TempDir folder;
  for (const char* text : {"---\ntheme: a\n\n# b\n", "---", "\xEF\xBB\xBF---\r\na: b\r\n"}) {
    const auto document = parse_design(text, "D.md");
    ASSERT_FALSE(document.has_value()) << text;
    EXPECT_EQ(shown(document.error(), folder),
              "design_invalid D.md:1: front matter begins here and has no end: write '---' on a line of its own behind "
              "it");
  }
  EXPECT_EQ(parsed("----\na: b\n---\n").front.present(), false);
}

TEST(DesignFields, LinesCountInTheFile) {
  EXPECT_EQ(fault("\n# note\n\npalette:\n\n  a: red\n  b:\n"),
            "design_invalid D.md:8: a colour of 'b' is nothing: write b: \"#a4502f\", or remove the line");
  const auto crlf = parse_design("\xEF\xBB\xBF---\r\na: b\r\ntheme: [c]\r\n---\r\n", "D.md");
  ASSERT_FALSE(crlf.has_value());
  EXPECT_EQ(crlf.error().where, "D.md:3");
}

TEST(DesignSections, GoToTheNextHeading) {
  const DesignDocument document =
      parsed("---\na: b\n---\n\nintro\n\n# One\n\ntext\n\n\nmore\n\n## Two\nThree\n---\nx\n");
  EXPECT_EQ(shown(document.sections), (Lines{"0 @5: intro", "1 One@7: text\n\n\nmore", "2 Two@14: ", "2 Three@15: x"}));
  EXPECT_EQ(shown(parsed("").sections), Lines{});
  EXPECT_EQ(shown(parsed("# a").sections), Lines{"1 a@1: "});
  EXPECT_EQ(shown(parsed("\xEF\xBB\xBF# a\r\n\r\nb\r\n c \r\n\r\n").sections), Lines{"1 a@1: b\r\n c "});
}

TEST(DesignSections, AreFoundWithThoseBelowThem) {
  const DesignDocument document = parsed("# T\n\n## Palette\n\na\n\n### More\n\nb\n\n## Layout\n\nc\n");
  EXPECT_EQ(shown(document.section(" palette ")), (Lines{"2 Palette@3: a", "3 More@7: b"}));
  EXPECT_EQ(document.text_of(document.section("PALETTE")), "a\n\n### More\n\nb");
  EXPECT_EQ(document.text_of(document.section("layout")), "c");
  EXPECT_EQ(shown(document.section("none")), Lines{});
  EXPECT_EQ(shown(document.section("")), Lines{});
  EXPECT_EQ(document.text_of({}), "");
}

TEST(DesignDocument, IsNotFoundByItsPath) {
  const TempDir folder;
  const auto document = read_design(system_file_ops(), folder.at("D.md"));
  ASSERT_FALSE(document.has_value());
  EXPECT_EQ(document.error().reason.text() + " " + document.error().details, "design_not_found " + folder.at("D.md"));
}

TEST(DesignDocument, OfASiteStaysInItsFolder) {
  const TempDir folder;
  RegistryPaths paths;
  paths.work_tree = folder.path();
  const auto reason = [&](const std::string& domain) {
    const auto document = read_site_design(system_file_ops(), paths, Config{}, domain);
    return document ? document->bytes : document.error().reason.text();
  };
  EXPECT_EQ(reason("a.example"), "design_not_found");
  EXPECT_EQ(reason("../a"), "invalid_domain");
  folder.write("outside.md", "outside\n");
  folder.write("sites/a.example/real.md", "inside\n");
  ASSERT_EQ(::symlink("real.md", folder.at("sites/a.example/DESIGN.md").c_str()), 0);
  EXPECT_EQ(reason("a.example"), "inside\n");
  ASSERT_EQ(::unlink(folder.at("sites/a.example/DESIGN.md").c_str()), 0);
  ASSERT_EQ(::symlink("../../outside.md", folder.at("sites/a.example/DESIGN.md").c_str()), 0);
  EXPECT_EQ(reason("a.example"), "not_a_regular_file");
  folder.make_dir("sites/b.example/DESIGN.md");
  EXPECT_EQ(reason("b.example"), "not_a_regular_file");
  folder.make_dir("sites/c.example");
  ASSERT_EQ(::mkfifo(folder.at("sites/c.example/DESIGN.md").c_str(), 0600), 0);
  EXPECT_EQ(reason("c.example"), "not_a_regular_file");
}

}  // namespace
}  // namespace smbatcher::test
