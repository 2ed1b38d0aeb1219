#include "libregistry/sites/similarity/seeds.h"

#include "tests/unit/sites/similarity/support.h"

namespace smbatcher::test {
namespace {

constexpr const char* kFile =
    "---\nbatch: \"003\"\n---\n\n## a.example\n\nName: A\nTheme: warm\nDescription: Family bakery with an oven\n"
    "Design seed: 00000001\n\n## b.example\n\nName: B\nTheme: warm\nDescription: Bakery\nDesign seed: 00000002\nours\n";

std::vector<SiteNotes> notes_in(std::string_view text) {
  auto notes = find_site_notes(text, "batch-003.md");
  EXPECT_TRUE(notes) << notes.error().message;
  return notes ? std::move(*notes) : std::vector<SiteNotes>();
}

std::string annotated(const std::string& text) {
  const std::vector<SiteNotes> notes = notes_in(text);
  const auto nearest = nearest_seeds(notes);
  std::vector<SeedLine> lines;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    lines.push_back({&notes[i], render_nearest(nearest[i], notes)});
  }
  return with_seed_lines(text, lines);
}

SiteNotes site(const std::string& theme, const std::string& description, const std::string& seed = "0123abcd") {
  SiteNotes notes;
  notes.site = {"a.example", "A", description, theme};
  notes.design_seed = seed;
  return notes;
}

double score(const SiteNotes& a, const SiteNotes& b) { return seed_score(seed_traits(a), seed_traits(b)); }

TEST(Seeds, AreComparedByThemeAndDescription) {
  EXPECT_EQ(score(site("warm", "Family bakery"), site("Warm", "A bakery, for family")), 1);
  EXPECT_DOUBLE_EQ(score(site("warm", "Family bakery"), site("warm", "Bakery")), 0.75);
  EXPECT_EQ(score(site("warm", ""), site("cold", "")), 0);
  EXPECT_EQ(score(site("", ""), site("", "")), 0);
}

TEST(Seeds, AreComparedByTheirWordsWhereTheyHaveSome) {
  EXPECT_DOUBLE_EQ(score(site("warm", "", "big type"), site("warm", "", "big photos")), (1 + 1.0 / 3) / 2);
  EXPECT_DOUBLE_EQ(score(site("warm", "", "big type"), site("warm", "")), 0.5);
}

TEST(SeedLines, StandBehindTheSeedAndChangeNothingElse) {
  const std::string text = annotated(kFile);
  EXPECT_EQ(
      text,
      "---\nbatch: \"003\"\n---\n\n## a.example\n\nName: A\nTheme: warm\nDescription: Family bakery with an oven\n"
      "Design seed: 00000001\nNearest seed: 00000002 (b.example), 0.66\n\n## b.example\n\nName: B\nTheme: warm\n"
      "Description: Bakery\nDesign seed: 00000002\nNearest seed: 00000001 (a.example), 0.66\nours\n");
  EXPECT_EQ(annotated(text), text);
}

TEST(SeedLines, TakeThePlaceOfOldOnes) {
  const std::string text = annotated(kFile);
  std::string older = text;
  older.replace(older.find("0.66"), 4, "0.10, see below");
  EXPECT_EQ(annotated(older), text);
}

TEST(SeedLines, KeepLineEndsAndAMissingLast) {
  EXPECT_EQ(annotated("\xEF\xBB\xBF## a.example\r\n\r\nTheme: a\r\nDesign seed: 1"),
            "\xEF\xBB\xBF## a.example\r\n\r\nTheme: a\r\nDesign seed: 1\r\nNearest seed: none");
  EXPECT_EQ(annotated("## a.example\n\nTheme: a\nours\n"), "## a.example\n\nTheme: a\nNearest seed: none\nours\n");
}

TEST(SeedLines, LeaveOtherSectionsAlone) {
  const std::string text =
      "## Our notes\n\nDesign seed: none\n\n## a.example\n\nour own words\n\n### c.example\n\nTheme: x\n";
  EXPECT_EQ(annotated(text), text);
  EXPECT_EQ(annotated(""), "");
}

TEST(NearestSeeds, AreTheFirstOfTheMostAlike) {
  const std::vector<SiteNotes> notes{site("warm", "x"), site("warm", "y"), site("warm", "z"), site("cold", "q")};
  const auto nearest = nearest_seeds(notes);
  EXPECT_EQ(nearest[0]->index, 1U);
  EXPECT_EQ(nearest[2]->index, 0U);
  EXPECT_FALSE(nearest[3]);
}

}  // namespace
}  // namespace smbatcher::test
