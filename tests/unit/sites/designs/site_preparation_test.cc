#include "libregistry/sites/designs/site_preparation.h"

#include <unistd.h>

#include "libregistry/core/base/text.h"
#include "libregistry/queue/records/batch_file.h"
#include "libregistry/sites/designs/design_check.h"
#include "libregistry/sites/designs/design_document.h"
#include "libregistry/sites/designs/design_skeleton.h"
#include "tests/support/fake_clock.h"
#include "tests/support/listing.h"
#include "tests/unit/sites/designs/support.h"

namespace smbatcher::test {
namespace {

/// A work tree with a registry and a batch file.
class Preparation : public ::testing::Test {
 protected:
  Preparation() {
    folder_.write(".smbatcher/REGISTRY.md",
                  "| Domain | Name | Theme | Batch | Status |\n|---|---|---|---|---|\n"
                  "| a.example | A | warm | 003 | d |\n| b.example | B | cold | 004 | d |\n");
    folder_.write(".smbatcher/batches/batch-003.md",
                  render_batch_file({"003", {{"a.example", "A \"one\" \\", "About a", "warm"}}}, WallTime{}) +
                      "Nearest seed: 0.31 b.example\n");
    queue_.ops = &system_file_ops();
    queue_.clock = &clock_;
    queue_.paths = paths_beside(folder_.at(".smbatcher/REGISTRY.md"));
    queue_.paths.work_tree = folder_.path();
    queue_.lock_timeout = std::chrono::milliseconds(0);
  }

  std::string prepare(Phase phase, const std::string& batch = "003", const std::string& domain = "a.example") {
    const auto order = prepare_site(queue_, phase, batch, domain);
    if (!order) {
      return shown(order.error(), folder_);
    }
    order_ = *order;
    return erased(join(order->created, " "), folder_.path() + "/");
  }
  std::string brief(const std::string& name) const { return folder_.read(".smbatcher/briefs/" + name); }
  std::vector<std::string> missing() const {
    return check_headings(system_file_ops(), order_.design, queue_.config.design_required_headings)->missing;
  }

  TempDir folder_;
  FakeClock clock_;
  QueueContext queue_;
  SiteOrder order_;
};

TEST_F(Preparation, OfADesignMakesFolderSkeletonAndBrief) {
  EXPECT_EQ(prepare(Phase::kDesign),
            "sites/a.example sites/a.example/DESIGN.md .smbatcher/briefs/003/a.example.design.md");
  EXPECT_EQ(order_.domain + " " + order_.folder, "a.example " + folder_.at("sites/a.example"));
  EXPECT_EQ(order_.design, folder_.at("sites/a.example/DESIGN.md"));
  EXPECT_EQ(order_.brief, folder_.at(".smbatcher/briefs/003/a.example.design.md"));
  EXPECT_EQ(missing(), queue_.config.design_required_headings) << "a skeleton is not a finished design";
  const std::string text = brief("003/a.example.design.md");
  for (const std::string part : {"# Design a.example\n", "Batch 003, phase design.", "Name: A \"one\" \\\n",
                                 "Nearest seed: 0.31 b.example\n", "\n- Concept\n- Palette\n",
                                 "\n    smbatcher "
                                 "design-complete a.example --token N\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_NE(text.find("\n    " + order_.design + "\n"), std::string::npos) << text;
  EXPECT_EQ(folder_.list("sites/a.example"), Lines{"DESIGN.md"});
}

TEST_F(Preparation, ChangesNothingThatIsThereButTheBrief) {
  folder_.write("sites/a.example/DESIGN.md", "mine\n");
  folder_.write("sites/a.example/index.html", "mine\n");
  folder_.write(".smbatcher/briefs/003/a.example.design.md", "old\n");
  EXPECT_EQ(prepare(Phase::kDesign), "");
  EXPECT_EQ(folder_.read("sites/a.example/DESIGN.md") + folder_.read("sites/a.example/index.html"), "mine\nmine\n");
  EXPECT_TRUE(brief("003/a.example.design.md").starts_with("# Design a.example\n"));
}

TEST_F(Preparation, OfAnImplementationTellsTheDesign) {
  folder_.write("sites/a.example/DESIGN.md",
                "---\npalette: {x: \"#fff\"} # ```` four\n---\n\n# A\n\n## Concept\n\nBread.\n");
  queue_.config.outputs_allowed_hosts = {"fonts.example"};
  EXPECT_EQ(prepare(Phase::kImplement), ".smbatcher/briefs/003/a.example.implement.md");
  const std::string text = brief("003/a.example.implement.md");
  for (const std::string part : {"# Implement a.example\n", "\n- index.html\n- styles.css\n", "\n- fonts.example\n",
                                 "\n`````yaml\npalette: {x: \"#fff\"} # ```` four\n`````\n",
                                 "\n    smbatcher implement-complete a.example --token N\n"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  EXPECT_TRUE(text.ends_with("\n# A\n\n## Concept\n\nBread.\n")) << text;
}

TEST_F(Preparation, OfAnImplementationNeedsADesignThatCanBeRead) {
  EXPECT_EQ(
      prepare(Phase::kImplement),
      "design_not_found sites/a.example/DESIGN.md: no design document is at 'sites/a.example/DESIGN.md'; smbatcher "
      "design-run prepares one, and people may write it");
  folder_.write("sites/a.example/DESIGN.md", "---\na: b\n");
  EXPECT_TRUE(prepare(Phase::kImplement).starts_with("design_invalid sites/a.example/DESIGN.md:1: "));
  folder_.write("sites/a.example/DESIGN.md", "\xFF\n");
  EXPECT_TRUE(prepare(Phase::kImplement).starts_with("invalid_utf8 sites/a.example/DESIGN.md:1: "));
  EXPECT_FALSE(folder_.exists(".smbatcher/briefs"));
}

TEST_F(Preparation, AsksTheRegistryWhereThereIsNoBatchFile) {
  EXPECT_EQ(prepare(Phase::kDesign, "004", "b.example"),
            "sites/b.example sites/b.example/DESIGN.md .smbatcher/briefs/004/b.example.design.md");
  EXPECT_NE(brief("004/b.example.design.md").find("Name: B\nTheme: cold\n"), std::string::npos);
  EXPECT_NE(folder_.read("sites/b.example/DESIGN.md").find("\ntheme: \"cold\"\n"), std::string::npos);
}

TEST_F(Preparation, BuildsPathsOnlyFromNames) {
  const Listing before = listing(folder_.path());
  for (const std::string domain : {"..", "../x", "a/b", "", "a.example/.."}) {
    EXPECT_TRUE(prepare(Phase::kDesign, "003", domain).starts_with("invalid_domain")) << domain;
  }
  for (const std::string batch : {"..", "", "a/b", ".x"}) {
    EXPECT_TRUE(prepare(Phase::kDesign, batch).starts_with("invalid_batch")) << batch;
  }
  EXPECT_EQ(difference(before, listing(folder_.path())), "");
}

TEST_F(Preparation, WritesThroughNoLink) {
  folder_.make_dir("elsewhere");
  folder_.make_dir("sites");
  ASSERT_EQ(::symlink("../elsewhere", folder_.at("sites/a.example").c_str()), 0);
  EXPECT_TRUE(prepare(Phase::kDesign).starts_with("not_a_folder sites/a.example: ")) << prepare(Phase::kDesign);
  ASSERT_EQ(::unlink(folder_.at("sites/a.example").c_str()), 0);
  folder_.make_dir("sites/a.example");
  ASSERT_EQ(::symlink("../../elsewhere/new.md", folder_.at("sites/a.example/DESIGN.md").c_str()), 0);
  EXPECT_TRUE(prepare(Phase::kDesign).starts_with("not_a_regular_file sites/a.example/DESIGN.md: "));
  ASSERT_EQ(::unlink(folder_.at("sites/a.example/DESIGN.md").c_str()), 0);
  queue_.config.design_file = "docs/DESIGN.md";
  ASSERT_EQ(::symlink("../../elsewhere", folder_.at("sites/a.example/docs").c_str()), 0);
  EXPECT_TRUE(prepare(Phase::kDesign).starts_with("not_a_folder sites/a.example/docs: "));
  ASSERT_EQ(::unlink(folder_.at("sites/a.example/docs").c_str()), 0);
  ASSERT_EQ(::symlink("../elsewhere", folder_.at(".smbatcher/briefs").c_str()), 0);
  EXPECT_TRUE(prepare(Phase::kDesign).starts_with("not_a_folder .smbatcher/briefs: "));
  EXPECT_EQ(folder_.list("elsewhere"), Lines{});
  ASSERT_EQ(::unlink(folder_.at(".smbatcher/briefs").c_str()), 0);
  EXPECT_EQ(prepare(Phase::kDesign), ".smbatcher/briefs/003/a.example.design.md") << "the rest is there by now";
  EXPECT_TRUE(folder_.exists("sites/a.example/docs/DESIGN.md"));
}

TEST_F(Preparation, WritesNothingThatItDidNotPlan) {
  const Listing before = listing(folder_.path());
  EXPECT_TRUE(plan_site(queue_, Phase::kDesign, "003", "a.example").has_value());
  EXPECT_EQ(difference(before, listing(folder_.path())), "");
}

TEST(Skeleton, ReadsWithoutErrorWhateverTheSiteIsCalled) {
  SiteNotes notes;
  notes.site = {"a.example", "A", "", "x\" \\ \t #\n---\nevil: 1"};
  const std::vector<std::string> headings{"Concept", "a*b_c", "[x](y) `z`", "# <b> &amp; ~~d~~", " Own "};
  const auto document = parse_design(render_skeleton(notes, "003", headings), "D.md");
  ASSERT_TRUE(document.has_value()) << document.error().message;
  EXPECT_EQ(document->fields.domain + " " + document->fields.batch, "a.example 003");
  EXPECT_EQ(document->fields.theme, "x\" \\   # --- evil: 1");
  EXPECT_EQ(document->fields.all.entries.size(), 6U);
  std::vector<std::string> found;
  for (const DocumentSection& section : document->sections) {
    found.push_back(section.heading);
  }
  EXPECT_EQ(found, (Lines{"a.example", "Concept", "a*b_c", "[x](y) `z`", "# <b> &amp; ~~d~~", "Own"}));
}

TEST(Skeleton, PassesOneSectionAfterTheOther) {
  const TempDir folder;
  SiteNotes notes;
  notes.site.domain = "a.example";
  const std::vector<std::string> headings{"Concept", "Content"};
  std::string text = render_skeleton(notes, "003", headings);
  const auto missing = [&] {
    folder.write("D.md", text);
    return check_headings(system_file_ops(), folder.at("D.md"), headings)->missing;
  };
  EXPECT_EQ(missing(), headings);
  text.insert(text.find("## Content"), "Bread.\n\n");
  EXPECT_EQ(missing(), Lines{"Content"});
  text += "Bread.\n";
  EXPECT_EQ(missing(), Lines{});
}

TEST(BatchNotes, AreTheSectionOfTheSite) {
  const TempDir folder;
  const auto notes = [&](const std::string& domain) {
    const auto found = read_site_notes(system_file_ops(), folder.at("b.md"), domain);
    EXPECT_TRUE(found.has_value());
    const SiteNotes none{{"none", "", "", ""}, "", ""};
    const SiteNotes& site = found && *found ? **found : none;
    return shown(site.site) + "|" + site.design_seed + "|" + site.text;
  };
  EXPECT_EQ(notes("a.example"), "none|||||") << "no file is no fault";
  folder.write("b.md",
               "---\nbatch: x\n---\n\n# People's words\n\n## A.example\r\n\r\nName: A\r\nTheme:\r\nName: "
               "B\r\nOwn: 1\r\n\n## b.example\nDesign seed: 7\n");
  EXPECT_EQ(notes("a.example"), "a.example|A||||Name: A\r\nTheme:\r\nName: B\r\nOwn: 1");
  EXPECT_EQ(notes("b.example"), "b.example||||7|Design seed: 7");
  EXPECT_EQ(notes("c.example"), "none|||||");
}

}  // namespace
}  // namespace smbatcher::test
