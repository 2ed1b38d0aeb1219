#include <unistd.h>

#include <filesystem>

#include "tests/process/outcome_support.h"

// What similarity, frequency and analyze-seeds answer.

namespace smbatcher::test {
namespace {

constexpr const char* kKiln =
    "---\npalette: {paper: \"#f4ede4\", ink: \"#2e2622\"}\nfonts: [Spectral]\nlayout: one column\ntheme: clay\n---\n\n"
    "# Kiln\n\nBowls and plates, seen from close by.\n";
constexpr const char* kKilnAgain =
    "---\npalette: [\"#f3ece2\", \"#2e2622\"]\nfonts: [spectral, serif]\nlayout: One column\ntheme: Clay\n---\n\n"
    "# Pots\n\nBowls and jugs, seen from close by.\n";
constexpr const char* kRadio =
    "---\npalette: [\"#10141a\", \"#ff5d3b\"]\nfonts: [IBM Plex Sans]\nlayout: a schedule\ntheme: signal\n---\n\n"
    "Community radio on the web.\n";

/// Three sites with designs, of which two are alike, one with a skeleton, and one without a design.
class ComparedDesigns : public testing::Test {
 protected:
  ComparedDesigns() {
    write("a.example", kKiln);
    write("b.example", kRadio);
    write("c.example", kKilnAgain);
    write("d.example", "---\npalette: {}\nfonts: []\n---\n# d.example\n\n## Concept\n\n<!-- the idea -->\n");
  }

  void write(const std::string& domain, const std::string& text) const {
    sandbox_.dir().write("sites/" + domain + "/DESIGN.md", text);
  }

  Sandbox sandbox_{std::vector<Sandbox::Site>{{"a.example", "003", "D"},
                                              {"b.example", "003", "D"},
                                              {"c.example", "004", "D"},
                                              {"d.example", "004", "D"},
                                              {"e.example", "", "-"}}};
};

using Similarity = ComparedDesigns;
using Frequency = ComparedDesigns;

TEST_F(Similarity, ListsPairsAndSaysWhy) {
  expect_exactly(sandbox_, "similarity", {}, 0,
                 "OK:similarity:1\n"
                 "0.85 a.example c.example\n"
                 "  palette 1.00: #f4ede4 ≈ #f3ece2, #2e2622 = #2e2622\n"
                 "  fonts 1.00: spectral\n"
                 "  layout 1.00: column, one\n"
                 "  text 0.50: \"seen from close by\", \"bowls and\"\n"
                 "nothing in them to compare yet: d.example\n");
  const Json answer = ask(sandbox_, "similarity", {});
  EXPECT_EQ(member(answer, "threshold") + " " + member(answer, "compared") + " " + member(answer, "count") + " " +
                member(answer, "bare"),
            R"(0.8 3 1 ["d.example"])");
  const Json pair = item(answer, "pairs", 0);
  EXPECT_EQ(text_of(pair, "first") + " " + text_of(pair, "second"), "a.example c.example");
  EXPECT_EQ(member(pair, "score") + " " + member(pair, "text") + " " + member(pair, "palette"), "0.85 0.5 1.0");
  EXPECT_EQ(count_of(pair, "why"), 4U);
}

TEST_F(Similarity, TakesAThresholdAndATop) {
  expect_ok(sandbox_.run("similarity", {"--threshold", "0.86"}), "OK:similarity:0");
  const ProcessResult all = sandbox_.run("similarity", {"--threshold", "0", "--top", "1"});
  expect_ok(all, "OK:similarity:3");
  EXPECT_NE(all.out.find("\n0.85 a.example c.example\n"), std::string::npos) << all.out;
  EXPECT_NE(all.out.find("\nand 2 more pairs: --top N shows more\n"), std::string::npos) << all.out;
  sandbox_.dir().write(".smbatcher/config.yml", "similarity: {threshold: 0.9}\n");
  expect_ok(sandbox_.run("similarity"), "OK:similarity:0");
  expect_error(sandbox_.run("similarity", {"--threshold", "1.5"}), "ERROR:invalid_argument");
}

TEST_F(Similarity, IsAboutTheNamedSites) {
  expect_ok(sandbox_.run("similarity", {"C.Example"}), "OK:similarity:1");
  expect_ok(sandbox_.run("similarity", {"b.example"}), "OK:similarity:0");
  const ProcessResult two = sandbox_.run("similarity", {"b.example", "--threshold", "0"});
  expect_ok(two, "OK:similarity:2");
  EXPECT_EQ(two.out.find("a.example c.example"), std::string::npos) << two.out;
  expect_ok(sandbox_.run("similarity", {"d.example"}), "OK:similarity:0");
  expect_error(sandbox_.run("similarity", {"e.example"}), "ERROR:design_not_found");
  expect_error(sandbox_.run("similarity", {"z.example"}), "ERROR:domain_not_found");
}

TEST_F(Similarity, LeavesOutWhatCannotBeRead) {
  write("e.example", "---\npalette: [#fff]\n---\n");
  const Json answer = ask(sandbox_, "similarity", {});
  EXPECT_EQ(number_of(answer, "count"), 1);
  const Json warning = item(answer, "warnings", 0);
  EXPECT_EQ(text_of(warning, "file"), sandbox_.dir().at("sites/e.example/DESIGN.md"));
  EXPECT_EQ(text_of(warning, "code") + " " + member(warning, "line"), "design_invalid 2");
  expect_error(sandbox_.run("similarity", {"e.example"}), "ERROR:design_invalid");
}

TEST_F(Similarity, ReadsNothingThroughALinkOutOfASite) {
  sandbox_.dir().write("outside.md", kKiln);
  std::filesystem::create_directories(sandbox_.dir().at("sites/e.example"));
  ASSERT_EQ(::symlink("../../outside.md", sandbox_.dir().at("sites/e.example/DESIGN.md").c_str()), 0);
  const Json answer = ask(sandbox_, "similarity", {});
  EXPECT_EQ(number_of(answer, "compared"), 3);
  EXPECT_EQ(text_of(item(answer, "warnings", 0), "code"), "not_a_regular_file");
}

TEST(SimilarityWithoutDesigns, SaysWhereItLooked) {
  const Sandbox sandbox({{"a.example", "003", "B"}});
  expect_error(sandbox.run("similarity"), "ERROR:no_files");
  expect_error(sandbox.run("similarity", {"--built"}), "ERROR:no_files");
  expect_error(Sandbox().run("similarity"), "ERROR:registry_not_found");
}

TEST_F(Similarity, ComparesBuiltSites) {
  const auto build = [this](const std::string& domain, const std::string& colour) {
    const std::string folder = "sites/" + domain + "/";
    sandbox_.dir().write(folder + "index.html",
                         "<!doctype html><title>Bowls</title><header></header><main>Bowls and plates of stone</main>");
    sandbox_.dir().write(folder + "css/styles.css",
                         ":root { --ink: " + colour + " } body { color: var(--ink); font-family: Spectral, serif }");
  };
  expect_error(sandbox_.run("similarity", {"--built"}), "ERROR:no_files");
  build("a.example", "#2e2622");
  build("b.example", "rgb(46 38 34)");
  build("c.example", "#ff0000");
  expect_exactly(sandbox_, "similarity", {"--built"}, 0,
                 "OK:similarity:1\n"
                 "1.00 a.example b.example\n"
                 "  text 1.00: \"bowls bowls and plates of stone\"\n"
                 "  palette 1.00: #2e2622 = #2e2622\n"
                 "  fonts 1.00: spectral\n"
                 "  layout 1.00: header, header main\n");
  expect_error(sandbox_.run("similarity", {"--built", "e.example"}), "ERROR:no_files");
}

TEST_F(Frequency, CountsWhatDesignsUseAndNamesWhatIsOverused) {
  expect_exactly(sandbox_, "frequency", {}, 0,
                 "OK:analyzed:4\n"
                 "font spectral: 2 of 4\n"
                 "font ibm plex sans: 1 of 4\n"
                 "colour #2e2622: 2 of 4\n"
                 "colour #f3ece2: 2 of 4, with 1 colour like it\n"
                 "colour #10141a: 1 of 4\n"
                 "colour #ff5d3b: 1 of 4\n"
                 "layout one column: 2 of 4\n"
                 "layout a schedule: 1 of 4\n"
                 "theme clay: 2 of 4\n"
                 "theme signal: 1 of 4\n");
  write("e.example", kKiln);
  const ProcessResult more = sandbox_.run("frequency", {"--top", "1"});
  expect_ok(more, "OK:analyzed:5");
  EXPECT_NE(more.out.find("\nfont spectral: 3 of 5, overused\nand 1 more font: --top N shows more\n"),
            std::string::npos)
      << more.out;
  const Json answer = ask(sandbox_, "frequency", {"--limit", "0.6"});
  EXPECT_EQ(item(answer, "fonts", 0).dump(), R"({"value":"spectral","designs":3,"share":0.6,"overused":false})");
}

TEST(FrequencyWithoutDesigns, SaysSo) {
  const Sandbox sandbox({{"a.example", "003", "B"}});
  expect_exactly(
      sandbox, "frequency", {}, 1,
      "FAIL:no_designs_found\nno site has a 'DESIGN.md' that can be read below '" + sandbox.dir().at("sites") + "'\n");
  expect_error(Sandbox().run("frequency"), "ERROR:registry_not_found");
}

/// Two batch files with three sites, and a third of a batch that never came to be.
class AnalyzeSeeds : public testing::Test {
 protected:
  AnalyzeSeeds() {
    write("003", section("a.example", "warm", "Family bakery", "00000001") +
                     section("b.example", "steel", "Car repair", "00000002"));
    write("004", section("c.example", "warm", "Bakery with an oven", "00000003"));
    write("009", section("a.example", "warm", "Family bakery", "00000009"));
  }

  static std::string section(const std::string& domain, const std::string& theme, const std::string& description,
                             const std::string& seed) {
    return "\n## " + domain + "\n\nName: N\nTheme: " + theme + "\nDescription: " + description +
           "\nDesign seed: " + seed + "\n";
  }
  void write(const std::string& batch, const std::string& text) const {
    sandbox_.dir().write(name(batch), "---\nbatch: \"" + batch + "\"\n---\n" + text);
  }
  static std::string name(const std::string& batch) { return ".smbatcher/batches/batch-" + batch + ".md"; }
  std::string read(const std::string& batch) const { return sandbox_.dir().read(name(batch)); }

  Sandbox sandbox_{std::vector<Sandbox::Site>{
      {"a.example", "003", "B"}, {"b.example", "003", "B"}, {"c.example", "004", "B"}, {"d.example", "005", "B"}}};
  const std::string head_ = "---\nbatch: \"003\"\n---\n";
};

TEST_F(AnalyzeSeeds, NotesTheNearestSeedAndNothingElse) {
  const std::string unknown = read("009");
  expect_exactly(sandbox_, "analyze-seeds", {}, 0,
                 "OK:annotated:3\n"
                 "a.example: Nearest seed: 00000003 (c.example), 0.66\n"
                 "b.example: Nearest seed: none\n"
                 "c.example: Nearest seed: 00000001 (a.example), 0.66\n"
                 "wrote " +
                     sandbox_.dir().at(name("003")) + "\nwrote " + sandbox_.dir().at(name("004")) + "\n");
  EXPECT_EQ(read("003"), head_ + section("a.example", "warm", "Family bakery", "00000001") +
                             "Nearest seed: 00000003 (c.example), 0.66\n" +
                             section("b.example", "steel", "Car repair", "00000002") + "Nearest seed: none\n");
  EXPECT_EQ(read("009"), unknown) << "its batch is not in the registry";
  const Json again = ask(sandbox_, "analyze-seeds", {});
  EXPECT_EQ(member(again, "files") + " " + member(again, "repeated"), "[] true");
  expect_untouched(sandbox_, "analyze-seeds", {"--dry-run"}, 0, "OK:dry_run");
}

TEST_F(AnalyzeSeeds, KeepsToOneBatch) {
  const std::string before = read("003");
  expect_untouched(sandbox_, "analyze-seeds", {"--batch", "4", "--dry-run"}, 0, "OK:dry_run");
  expect_ok(sandbox_.run("analyze-seeds", {"--batch", "4", "--owner", "anna"}), "OK:annotated:1");
  EXPECT_EQ(read("003"), before);
  EXPECT_NE(read("004").find("\nNearest seed: 00000001 (a.example), 0.66\n"), std::string::npos);
}

TEST_F(AnalyzeSeeds, SaysWhichFilesAreMissing) {
  expect_exactly(sandbox_, "analyze-seeds", {"--batch", "5"}, 2,
                 "ERROR:no_batch_files:no batch file is at '" + sandbox_.dir().at(name("005")) +
                     "'; smbatcher prepare-batch writes them\n");
  expect_error(sandbox_.run("analyze-seeds", {"--batch", "77"}), "ERROR:batch_not_found");
  std::filesystem::remove_all(sandbox_.dir().at(".smbatcher/batches"));
  expect_error(sandbox_.run("analyze-seeds"), "ERROR:no_batch_files");
}

TEST_F(AnalyzeSeeds, WritesThroughNoLinkAndNothingHalf) {
  sandbox_.dir().write("outside.md", read("004"));
  std::filesystem::remove(sandbox_.dir().at(name("004")));
  ASSERT_EQ(::symlink("../../outside.md", sandbox_.dir().at(name("004")).c_str()), 0);
  expect_untouched(sandbox_, "analyze-seeds", {}, 2, "ERROR:not_a_regular_file");
}

}  // namespace
}  // namespace smbatcher::test
