#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "tests/process/outcome_support.h"
#include "tests/support/pages.h"

// What the tools about design documents and a site's files answer: read-design, write-design, check-dirs,
// list-designed, generate, check-outputs.

namespace smbatcher::test {
namespace {

const std::vector<Sandbox::Site> kTwoToDesign{{"a.example", "003", "D"}, {"b.example", "003", "B"}};
constexpr const char* kShortDesign =
    "---\ntheme: warm # ours\n---\n\n# A\n\n## Concept\n\nBread.\n\n### Who for\n\nAll.\n\n## Palette\n\n*Brown.*\n";

/// Two sites in batch 003; a.example has a design.
class DesignTools : public testing::Test {
 protected:
  DesignTools() { sandbox_.dir().write("sites/a.example/DESIGN.md", kShortDesign); }

  std::string file(const std::string& name) const { return sandbox_.dir().at(name); }
  std::string design() const { return sandbox_.dir().read("sites/a.example/DESIGN.md"); }
  /// Puts a symbolic link in the place of `name`.
  void link(const std::string& to, const std::string& name) const {
    std::filesystem::remove_all(file(name));
    std::filesystem::create_directories(std::filesystem::path(file(name)).parent_path());
    ASSERT_EQ(::symlink(to.c_str(), file(name).c_str()), 0);
  }
  std::string no_design(const std::string& domain) const {
    const std::string path = file("sites/" + domain + "/DESIGN.md");
    return "ERROR:design_not_found:" + path + "\nno design document is at '" + path +
           "'; smbatcher design-run prepares one, and people may write it\n";
  }

  Sandbox sandbox_{kTwoToDesign};
};

using ReadDesign = DesignTools;
using WriteDesign = DesignTools;
using CheckDirs = DesignTools;
using ListDesigned = DesignTools;
using Generate = DesignTools;
using CheckOutputs = DesignTools;

TEST_F(ReadDesign, PrintsTheDocumentOrAPartAsItIsWritten) {
  expect_exactly(sandbox_, "read-design", {"a.example"}, 0, "OK:design:a.example\n" + std::string(kShortDesign));
  expect_exactly(sandbox_, "read-design", {"a.example", "--front-matter"}, 0,
                 "OK:design:a.example\ntheme: warm # ours\n");
  expect_exactly(sandbox_, "read-design", {"a.example", "--section", " concept "}, 0,
                 "OK:design:a.example\nBread.\n\n### Who for\n\nAll.\n");
  expect_exactly(sandbox_, "read-design", {"--path", "sites/a.example/DESIGN.md", "--section", "Palette"}, 0,
                 "OK:design:sites/a.example/DESIGN.md\n*Brown.*\n");
  expect_exactly(sandbox_, "read-design", {"A.Example", "--section", "palette"}, 0, "OK:design:a.example\n*Brown.*\n");
  EXPECT_EQ(design(), kShortDesign);
}

TEST_F(ReadDesign, TellsProgramsFieldsAndSections) {
  const Json all = ask(sandbox_, "read-design", {"a.example"});
  EXPECT_EQ(text_of(all, "domain") + " " + text_of(all, "path"), "a.example " + file("sites/a.example/DESIGN.md"));
  EXPECT_EQ(member(all, "front_matter"), R"({"theme":"warm"})");
  EXPECT_EQ(item(all, "sections", 1).dump(), R"({"heading":"Concept","level":2,"line":7,"text":"Bread."})");
  EXPECT_EQ(count_of(all, "sections"), 4U);
  const Json one = ask(sandbox_, "read-design", {"a.example", "--section", "Concept"});
  EXPECT_EQ(count_of(one, "sections"), 2U);
  EXPECT_EQ(member(one, "front_matter"), "");
  const Json front = ask(sandbox_, "read-design", {"a.example", "--front-matter"});
  EXPECT_EQ(member(front, "sections"), "");
  sandbox_.dir().write("plain.md", "x");
  EXPECT_EQ(member(ask(sandbox_, "read-design", {"--path", "plain.md"}), "front_matter"), "null");
}

TEST_F(ReadDesign, NamesTheNearestHeading) {
  expect_exactly(sandbox_, "read-design", {"a.example", "--section", "Palete"}, 1,
                 "FAIL:section_not_found:Palete\n'" + file("sites/a.example/DESIGN.md") +
                     "' has no such heading; did you mean 'Palette'?; it has: A, Concept, Who for, Palette\n");
  sandbox_.dir().write("plain.md", "x");
  expect_exactly(sandbox_, "read-design", {"--path", "plain.md", "--section", "Palette"}, 1,
                 "FAIL:section_not_found:Palette\n'plain.md' has no such heading; it has none\n");
  EXPECT_EQ(member(ask(sandbox_, "read-design", {"a.example", "--section", "x"}), "headings"),
            R"(["A","Concept","Who for","Palette"])");
}

TEST_F(ReadDesign, SaysWhereADesignWouldBe) {
  expect_exactly(sandbox_, "read-design", {"b.example"}, 2, no_design("b.example"));
  expect_exactly(sandbox_, "read-design", {}, 2,
                 "ERROR:missing_argument:name a site, or a document with --path FILE\n");
  expect_exactly(sandbox_, "read-design", {"../a"}, 2,
                 "ERROR:invalid_domain:'../a' is not a host name such as bakery.example\n");
  expect_error(sandbox_.run("read-design", {"a.example", "--path", "x.md"}), "ERROR:invalid_argument");
  expect_error(sandbox_.run("read-design", {"a.example", "--section", "x", "--front-matter"}),
               "ERROR:invalid_argument");
}

TEST_F(ReadDesign, NeedsNoRegistryForAPath) {
  const Sandbox bare;
  bare.dir().write("x.md", "# a\n");
  expect_exactly(bare, "read-design", {"--path", "x.md"}, 0, "OK:design:x.md\n# a\n");
  expect_error(bare.run("read-design", {"a.example"}), "ERROR:registry_not_found");
}

TEST_F(ReadDesign, TakesAnyPathAndRefusesWhatIsNoDocument) {
  const std::string odd = "it's a \"design\"\nof mine.md";
  sandbox_.dir().write(odd, "# a\n");
  expect_exactly(sandbox_, "read-design", {"--path", odd}, 0, "OK:design:it's a \"design\"\\nof mine.md\n# a\n");
  EXPECT_EQ(text_of(ask(sandbox_, "read-design", {"--path", odd}), "path"), odd);
  expect_exactly(sandbox_, "read-design", {"--path", "no \n such.md"}, 2,
                 "ERROR:design_not_found:no \\n such.md\nno design document is at 'no \\n such.md'; smbatcher "
                 "design-run prepares one, and people may write it\n");
  sandbox_.dir().make_dir("folder.md");
  expect_error(sandbox_.run("read-design", {"--path", "folder.md"}), "ERROR:not_a_regular_file");
  ASSERT_EQ(::mkfifo(file("pipe.md").c_str(), 0600), 0);
  expect_error(sandbox_.run("read-design", {"--path", "pipe.md"}), "ERROR:not_a_regular_file");
  link("nowhere", "dangling.md");
  expect_error(sandbox_.run("read-design", {"--path", "dangling.md"}), "ERROR:dangling_link");
  expect_error(sandbox_.run("read-design", {"--path", "/proc/self/mem"}), "ERROR:io_error");
  if (::geteuid() != 0) {
    sandbox_.dir().write("secret.md", "x");
    ASSERT_EQ(::chmod(file("secret.md").c_str(), 0), 0);
    expect_error(sandbox_.run("read-design", {"--path", "secret.md"}), "ERROR:permission_denied");
  }
}

TEST_F(ReadDesign, FollowsNoLinkOutOfTheSite) {
  sandbox_.dir().write("secret.md", "secret\n");
  link("../../secret.md", "sites/b.example/DESIGN.md");
  const std::string path = file("sites/b.example/DESIGN.md");
  expect_exactly(sandbox_, "read-design", {"b.example"}, 2,
                 "ERROR:not_a_regular_file:'" + path +
                     "' is a symbolic link that leads out of the site's folder, or to nothing: put a file in its "
                     "place\n");
}

// Each page in data/damaged/designs shows one trap, and what is said of it.
TEST(DamagedDesigns, EachSaysWhatToWriteInstead) {
  const std::string folder = source_dir() + "/data/damaged/designs/";
  const std::map<std::string, std::string> faults{
      {"aliases.md",
       "design_invalid:@:2: holds more than 10000 values; do its aliases repeat each other? write the values out "
       "instead of using '*'"},
      {"colon-in-text.md",
       "design_invalid:@:3: not valid YAML: illegal map value (column 19); put text that holds ': ' in quotes"},
      {"fonts-too-deep.md", "design_invalid:@:3: 'body' must be a font or a list of fonts, not a map"},
      {"front-matter-is-a-list.md",
       "design_invalid:@:2: front matter must be keys and values such as 'theme: warm', not a list"},
      {"key-twice.md", "design_invalid:@:4: key 'accent' stands twice; the first is on line 3; keep one of them"},
      {"no-end.md",
       "design_invalid:@:1: front matter begins here and has no end: write '---' on a line of its own behind it"},
      {"no-value.md",
       "design_invalid:@:3: a colour of 'accent' is nothing: write accent: \"#a4502f\", or remove the line"},
      {"not-utf8.md", "invalid_utf8:'@:5' is not UTF-8: save the file as UTF-8"},
      {"palette-is-text.md",
       "design_invalid:@:3: 'palette' must be a map of names and colours such as {accent: \"#a4502f\"}, or a list of "
       "colours, not text"},
      {"palette-of-maps.md", "design_invalid:@:3: a colour of 'palette' must be text such as \"#a4502f\", not a map"},
      {"tab.md",
       "design_invalid:@:3: a tab indents this line, and YAML takes blanks only: write two blanks for each level"},
      {"too-deep.md", "design_invalid:@:2: nested deeper than 64 levels; palette and fonts need two"},
      {"unquoted-colour-in-braces.md",
       "design_invalid:@:3: '#f4ede4' begins a comment in YAML, which swallows the rest of the line: quote the "
       "colour, \"#f4ede4\""},
      {"unquoted-colour-in-list.md",
       "design_invalid:@:4: a colour of 'palette' is nothing, since '#' begins a comment in YAML: put it in quotes, - "
       "\"#a4502f\""},
      {"unquoted-colour.md",
       "design_invalid:@:5: a colour of 'accent' is nothing, since '#' begins a comment in YAML: put it in quotes, "
       "accent: \"#a4502f\""},
  };
  const Sandbox sandbox(kTwoToDesign);
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const auto fault = faults.find(name);
    ASSERT_NE(fault, faults.end()) << name;
    ++count;
    std::string line = "ERROR:" + fault->second + "\n";
    line.replace(line.find('@'), 1, folder + name);
    expect_exactly(sandbox, "read-design", {"--path", folder + name}, 2, line);
    sandbox.dir().write("sites/a.example/DESIGN.md", read_source(entry.path().string()));
    std::string here = "ERROR:" + fault->second + "\n";
    here.replace(here.find('@'), 1, sandbox.dir().at("sites/a.example/DESIGN.md"));
    expect_untouched(sandbox, "write-design", {"a.example"}, 2, here);
    expect_untouched(sandbox, "generate", {"a.example"}, 2, here);
  }
  EXPECT_EQ(count, faults.size());
}

TEST(DamagedSites, LackWhatTheyLack) {
  const Sandbox sandbox({{"empty-page.example", "001", "i"}, {"no-styles.example", "001", "i"}});
  std::filesystem::copy(source_dir() + "/data/damaged/sites", sandbox.dir().at("sites"),
                        std::filesystem::copy_options::recursive);
  expect_exactly(sandbox, "check-outputs", {"--batch", "001"}, 1,
                 "FAIL:missing_files:empty-page.example: index.html; no-styles.example: styles.css\n"
                 "add what is missing and call again; an empty file is missing\nmissing: " +
                     sandbox.dir().at("sites/empty-page.example/index.html") +
                     "\nmissing: " + sandbox.dir().at("sites/no-styles.example/styles.css") + "\n");
}

TEST(SampleDesigns, AreGood) {
  const Sandbox sandbox;
  std::filesystem::copy(source_dir() + "/data/sample", sandbox.dir().path(), std::filesystem::copy_options::recursive);
  for (const std::string& domain : sandbox.dir().list("sites")) {
    const Json front = child(ask(sandbox, "read-design", {domain}), "front_matter");
    EXPECT_EQ(text_of(front, "domain"), domain);
    for (const char* field : {"batch", "palette", "fonts", "layout", "theme"}) {
      EXPECT_NE(member(front, field), "") << domain << " " << field;
    }
    expect_exactly(
        sandbox, "generate", {domain}, 0,
        "OK:prepared:1\n" +
            sandbox.dir().at(".smbatcher/briefs/" + text_of(front, "batch") + "/" + domain + ".implement.md") + "\n");
  }
  for (const char* batch : {"003", "004"}) {
    expect_exactly(sandbox, "check-dirs", {"--batch", batch}, 0, "OK:all_present:3\n");
  }
  expect_exactly(sandbox, "check-dirs", {"--batch", "005"}, 0, "OK:all_present:3\n");
}

TEST_F(WriteDesign, StampsTheFrontMatterAndNothingElse) {
  expect_exactly(sandbox_, "write-design", {"a.example"}, 0, "Stamped:" + file("sites/a.example/DESIGN.md") + "\n");
  const Json answer = ask(sandbox_, "write-design", {"a.example"});
  EXPECT_EQ(text_of(answer, "result") + member(answer, "repeated"), "stampedtrue");
  const Json stamp = child(answer, "stamp");
  EXPECT_EQ(text_of(stamp, "batch"), "003");
  EXPECT_EQ(design(), "---\ntheme: warm # ours\nstamp: {batch: \"003\", time: \"" + text_of(stamp, "time") +
                          "\", hash: \"" + text_of(stamp, "hash") + "\"}\n" +
                          std::string(kShortDesign).substr(std::string("---\ntheme: warm # ours\n").size()));
  EXPECT_EQ(sandbox_.dir().list("sites/a.example"), Args{"DESIGN.md"});
}

TEST_F(WriteDesign, SaysTheSameTheSecondTimeAndWritesNothing) {
  expect_ok(sandbox_.run("write-design", {"a.example"}), "Stamped");
  expect_untouched(sandbox_, "write-design", {"a.example"}, 0, "Stamped:" + file("sites/a.example/DESIGN.md") + "\n");
  expect_untouched(sandbox_, "write-design", {"a.example", "--dry-run"}, 0,
                   "OK:dry_run\nstamped already: " + file("sites/a.example/DESIGN.md") + "\n");
}

TEST_F(WriteDesign, OnlyTellsInADryRun) {
  expect_untouched(sandbox_, "write-design", {"a.example", "--dry-run", "--owner", "anna"}, 0,
                   "OK:dry_run\nwould stamp " + file("sites/a.example/DESIGN.md") + "\n");
  EXPECT_EQ(text_of(ask(sandbox_, "write-design", {"a.example", "--dry-run"}), "would"), "stamped");
}

TEST_F(WriteDesign, RefusesWhatIsNotThere) {
  expect_exactly(sandbox_, "write-design", {"b.example"}, 2, no_design("b.example"));
  sandbox_.dir().make_dir("sites/b.example");
  expect_exactly(sandbox_, "write-design", {"b.example"}, 2, no_design("b.example"));
  expect_exactly(sandbox_, "write-design", {"aa.example"}, 2,
                 "ERROR:domain_not_found:'aa.example' is not in the registry; did you mean 'a.example'?\n");
  expect_exactly(sandbox_, "write-design", {}, 2,
                 "ERROR:missing_argument:DOMAIN is required: the site whose design is stamped\n");
}

TEST_F(WriteDesign, WritesThroughNoLink) {
  sandbox_.dir().write("elsewhere/DESIGN.md", "# mine\n");
  link("../elsewhere", "sites/b.example");
  expect_untouched(sandbox_, "write-design", {"b.example"}, 2,
                   "ERROR:not_a_folder:'" + file("sites/b.example") +
                       "' is a symbolic link, and nothing is written through one: put a folder in its place\n");
  link("../../elsewhere/DESIGN.md", "sites/a.example/DESIGN.md");
  expect_untouched(sandbox_, "write-design", {"a.example"}, 2, "ERROR:not_a_regular_file");
  std::filesystem::remove_all(file("sites/b.example"));
  sandbox_.dir().make_dir("sites/b.example/DESIGN.md");
  expect_untouched(sandbox_, "write-design", {"b.example"}, 2, "ERROR:not_a_regular_file");
}

TEST_F(WriteDesign, IsDoneOnceByManyAtOnce) {
  const std::vector<Command> calls(8, sandbox_.command("write-design", {"a.example"}));
  for (const ProcessResult& result : run_together(calls)) {
    EXPECT_EQ(result.out, "Stamped:" + file("sites/a.example/DESIGN.md") + "\n");
  }
  const std::string text = design();
  EXPECT_EQ(text.find("stamp:"), text.rfind("stamp:")) << text;
  EXPECT_EQ(sandbox_.dir().list("sites/a.example"), Args{"DESIGN.md"});
}

TEST_F(CheckDirs, WantsFolderAndDesignOfEverySite) {
  expect_exactly(sandbox_, "check-dirs", {}, 1,
                 "FAIL:incomplete:b.example\nsmbatcher design-run prepares the sites that it claims\nb.example: no "
                 "sites/b.example, no DESIGN.md\n");
  sandbox_.dir().write("sites/b.example/DESIGN.md", "");
  expect_exactly(sandbox_, "check-dirs", {"--batch", "3"}, 1,
                 "FAIL:incomplete:b.example\nsmbatcher design-run prepares the sites that it claims\nb.example: no "
                 "DESIGN.md\n");
  EXPECT_EQ(member(ask(sandbox_, "check-dirs", {}), "missing"), R"({"b.example":["DESIGN.md"]})");
  sandbox_.dir().write("sites/b.example/DESIGN.md", "x");
  expect_exactly(sandbox_, "check-dirs", {"--batch", "3"}, 0, "OK:all_present:2\n");
  const Json answer = ask(sandbox_, "check-dirs", {});
  EXPECT_EQ(text_of(answer, "batch") + member(answer, "sites"), R"(003["a.example","b.example"])");
}

TEST_F(CheckDirs, NeedsABatch) {
  expect_exactly(sandbox_, "check-dirs", {"--batch", "9"}, 2, "ERROR:batch_not_found:no site is in batch '9'\n");
  expect_exactly(Sandbox({{"a.example", "", "-"}}), "check-dirs", {}, 1,
                 "FAIL:no_active_batch\nno site is in a batch: smbatcher prepare-batch makes one\n");
  expect_error(sandbox_.run("check-dirs", {"--batch", "../3"}), "ERROR:invalid_argument");
}

TEST_F(ListDesigned, ListsSitesAtOrPastD) {
  const Sandbox many({{"a.example", "003", "d"},
                      {"b.example", "003", "D"},
                      {"c.example", "004", "Q"},
                      {"d.example", "", "-"},
                      {"x.example", "004", "X"},
                      {"e.example", "005", "i"}});
  const std::string warning = "warning: " + many.dir().at(".smbatcher/REGISTRY.md") + ":9: unknown_status: ";
  const ProcessResult all = many.run("list-designed");
  EXPECT_EQ(all.out.substr(0, all.out.find("warning")), "OK:listed:3\nb.example\nc.example\ne.example\n");
  EXPECT_NE(all.out.find(warning), std::string::npos) << all.out;
  const Json answer = ask(many, "list-designed", {"--batch", "003"});
  EXPECT_EQ(member(answer, "sites"), R"([{"domain":"b.example","batch":"003","status":"D","design":")" +
                                         many.dir().at("sites/b.example/DESIGN.md") + R"("}])");
  expect_exactly(sandbox_, "list-designed", {"--batch", "3"}, 0, "OK:listed:1\na.example\n");
  expect_exactly(sandbox_, "list-designed", {"--batch", "9"}, 2, "ERROR:batch_not_found:no site is in batch '9'\n");
  expect_exactly(Sandbox({{"a.example", "003", "B"}}), "list-designed", {}, 0, "OK:listed:0\n");
}

TEST_F(Generate, WritesTheBriefFromTheDesign) {
  const std::string brief = ".smbatcher/briefs/003/a.example.implement.md";
  expect_exactly(sandbox_, "generate", {"a.example"}, 0, "OK:prepared:1\n" + file(brief) + "\n");
  const std::string text = sandbox_.dir().read(brief);
  EXPECT_TRUE(text.starts_with("# Implement a.example\n\nBatch 003, phase implement.")) << text;
  EXPECT_TRUE(text.ends_with("\n# A\n\n## Concept\n\nBread.\n\n### Who for\n\nAll.\n\n## Palette\n\n*Brown.*\n"))
      << text;
  EXPECT_EQ(design(), kShortDesign);
  const Json answer = ask(sandbox_, "generate", {"a.example"});
  EXPECT_EQ(text_of(item(answer, "sites", 0), "brief") + member(item(answer, "sites", 0), "created"),
            file(brief) + "[]");
  EXPECT_NE(sandbox_.dir().read(".smbatcher/.gitignore").find("\nbriefs/\n"), std::string::npos);
}

TEST_F(Generate, PreparesAllOrNone) {
  expect_untouched(sandbox_, "generate", {"a.example", "b.example"}, 2, no_design("b.example"));
  expect_untouched(sandbox_, "generate", {"a.example", "c.example"}, 2, "ERROR:domain_not_found");
  expect_exactly(Sandbox({{"n.example", "", "-"}}), "generate", {"n.example"}, 1,
                 "FAIL:not_ready:-\n'n.example' is in no batch: smbatcher prepare-batch puts it in one\n");
  expect_exactly(sandbox_, "generate", {}, 2, "ERROR:missing_argument:DOMAIN is required: the sites\n");
}

TEST_F(Generate, OnlyTellsInADryRun) {
  expect_untouched(sandbox_, "generate", {"a.example", "--dry-run", "--owner", "anna"}, 0,
                   "OK:dry_run\nwould write " + file(".smbatcher/briefs/003/a.example.implement.md") + "\n");
}

TEST_F(Generate, WritesThroughNoLink) {
  sandbox_.dir().make_dir("elsewhere");
  link("../elsewhere", ".smbatcher/briefs");
  expect_error(sandbox_.run("generate", {"a.example"}), "ERROR:not_a_folder:'" + file(".smbatcher/briefs") +
                                                            "' is a symbolic link, and nothing is written through one");
  EXPECT_EQ(sandbox_.dir().list("elsewhere"), Args{});
}

TEST_F(CheckOutputs, WantsTheRequiredFiles) {
  sandbox_.dir().write("sites/a.example/styles.css", "");
  const std::string next = "\nadd what is missing and call again; an empty file is missing\n";
  const std::string paths = file("sites/a.example/index.html") + ", " + file("sites/a.example/styles.css");
  expect_exactly(sandbox_, "check-outputs", {"a.example"}, 1,
                 "FAIL:missing_files:index.html, styles.css" + next + "missing: " + paths + "\n");
  sandbox_.dir().write("sites/a.example/styles.css", "x");
  expect_fail(sandbox_.run("check-outputs", {"--batch", "3"}),
              "FAIL:missing_files:a.example: index.html; b.example: index.html, styles.css");
  EXPECT_EQ(member(ask(sandbox_, "check-outputs", {"a.example"}), "missing"), R"({"a.example":["index.html"]})");
  build_site(sandbox_, "a.example");
  expect_exactly(sandbox_, "check-outputs", {"aa.example"}, 2,
                 "ERROR:domain_not_found:'aa.example' is not in the registry; did you mean 'a.example'?\n");
  expect_exactly(sandbox_, "check-outputs", {"a.example"}, 0, "OK:all_files_present\n");
  build_site(sandbox_, "b.example");
  expect_exactly(sandbox_, "check-outputs", {"--batch", "003"}, 0, "OK:all_files_present\n");
  EXPECT_EQ(member(ask(sandbox_, "check-outputs", {"b.example", "a.example"}), "sites"),
            R"(["b.example","a.example"])");
}

TEST_F(CheckOutputs, CountsNoLinkOut) {
  build_site(sandbox_, "a.example");
  sandbox_.dir().write("outside.css", "x");
  link("../../outside.css", "sites/a.example/styles.css");
  expect_fail(sandbox_.run("check-outputs", {"a.example"}), "FAIL:missing_files:styles.css");
}

TEST_F(CheckOutputs, NeedsSites) {
  expect_exactly(sandbox_, "check-outputs", {}, 2,
                 "ERROR:missing_argument:name the sites, or a batch with --batch ID\n");
  expect_error(sandbox_.run("check-outputs", {"a.example", "--batch", "3"}), "ERROR:invalid_argument");
  expect_error(sandbox_.run("check-outputs", {"--batch", "9"}), "ERROR:batch_not_found");
  expect_error(Sandbox().run("check-outputs", {"a.example"}), "ERROR:registry_not_found");
}

}  // namespace
}  // namespace smbatcher::test
