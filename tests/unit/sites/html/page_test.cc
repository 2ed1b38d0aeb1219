#include "libregistry/sites/html/page.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace smbatcher::test {
namespace {

const HtmlElement& first(const HtmlPage& page, std::string_view name) {
  const auto found = std::find_if(page.elements().begin(), page.elements().end(),
                                  [name](const HtmlElement& element) { return element.name == name; });
  return *found;
}

// gumbo does not publish what its errors look like. This fails when a version lays them out otherwise.
TEST(GumboErrors, BeginWithTheirKindAndTheirPlace) {
  const HtmlPage page("<!doctype html><p a a>&nosuch;</em2>\n<p><?x");
  std::vector<std::pair<int, std::size_t>> errors;
  for (const SyntaxError& error : page.errors()) {
    errors.emplace_back(static_cast<int>(error.kind), error.offset);
  }
  const std::vector<std::pair<int, std::size_t>> expected{
      {static_cast<int>(GumboErrorKind::kDuplicateAttribute), 20},
      {static_cast<int>(GumboErrorKind::kNamedInvalid), 22},
      {static_cast<int>(GumboErrorKind::kParser), 30},
      {static_cast<int>(GumboErrorKind::kTagStartsWithQuestion), 41}};
  EXPECT_EQ(errors, expected);
}

TEST(HtmlPage, KnowsWhereElementsAndAttributesStand) {
  const std::string html = "\xEF\xBB\xBF<!doctype html>\r\n<p ID='x' class=y hidden>a<script>1 < 2</script></p>";
  const HtmlPage page(html);
  const HtmlElement& p = first(page, "p");
  EXPECT_EQ(html.substr(p.begin, 2), "<p");
  EXPECT_EQ(p.find("id")->value, "x");
  EXPECT_EQ(html[p.find("id")->value_at], 'x');
  EXPECT_EQ(html[p.find("class")->value_at], 'y');
  EXPECT_EQ(html.substr(p.find("hidden")->name_at, 6), "hidden");
  EXPECT_EQ(p.find("title"), nullptr);
  EXPECT_EQ(page.content(first(page, "script")), "1 < 2");
  EXPECT_EQ(page.text(p), "a1 < 2");
  EXPECT_EQ(page.place(p.begin).line, 2U);
  EXPECT_EQ(page.place(p.begin).column, 1U);
  EXPECT_EQ(page.parent_of(p)->name, "body");
  EXPECT_FALSE(first(page, "body").written);
}

TEST(HtmlPage, HasAPlaceForEveryOffset) {
  const HtmlPage page("");
  EXPECT_EQ(page.place(0).line, 1U);
  EXPECT_EQ(page.place(100).column, 1U);
}

}  // namespace
}  // namespace smbatcher::test
