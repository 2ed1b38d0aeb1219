#include "libregistry/sites/similarity/site_traits.h"

#include <gmock/gmock.h>

#include "tests/unit/sites/similarity/support.h"

namespace smbatcher::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SiteTraits, AreTheTextAndOrderOfThePages) {
  SiteTraits site;
  site.add_page(
      "<!doctype html><title>Kiln</title><header><nav>Home&nbsp;page</nav></header><script>var x = "
      "'<p>no</p>';</script>"
      "<style>p { color: red }</style><!-- hidden --><main><h1>Bowls &amp; <b>plates</b></h1></main>");
  const Traits traits = site.finish("a.example");
  EXPECT_EQ(traits.name, "a.example");
  EXPECT_THAT(traits.words, ElementsAre("kiln", "home", "page", "bowls", "plates"));
  EXPECT_THAT(traits.layout, ElementsAre("header", "header nav", "main h1", "nav main"));
  ASSERT_EQ(traits.palette.size(), 1U);
  EXPECT_EQ(traits.palette[0].text, "#ff0000");
}

TEST(SiteTraits, AreWhatStyleSheetsUse) {
  SiteTraits site;
  site.add_page("<p>x</p>");
  site.add_style_sheet(
      ":root { --ink: #2e2622; --unused: #00ff00; --body: Lora, serif }\n"
      "body { color: var(--ink); font: 1rem/1.5 var(--body); display: grid }\n"
      "h1 { border: 1px solid var(--ink); background: rgb(244 237 228); font-family: 'Inter' }\n"
      "@font-face { font-family: Never }");
  const Traits traits = site.finish("a.example");
  ASSERT_EQ(traits.palette.size(), 2U);
  EXPECT_EQ(traits.palette[0].text, "#2e2622");
  EXPECT_EQ(traits.palette[1].text, "#f4ede4");
  EXPECT_THAT(traits.fonts, ElementsAre("inter", "lora"));
  EXPECT_THAT(traits.layout, ElementsAre("grid"));
}

TEST(SiteTraits, AreReadFromAnyBytes) {
  for (const std::string page : {"", "<", "<script>", "<style>{", "&", "&;", "&#xZ;", "<main", "\xFF\x80<p>\xE3"}) {
    SiteTraits site;
    site.add_page(page);
    site.add_style_sheet(page);
    (void)site.finish("a.example");
  }
  EXPECT_TRUE(SiteTraits().finish("a.example").empty());
  EXPECT_THAT(SiteTraits().finish("a.example").layout, IsEmpty());
}

}  // namespace
}  // namespace smbatcher::test
