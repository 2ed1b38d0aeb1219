#include "libregistry/sites/html/depth.h"

#include <gtest/gtest.h>

#include "libregistry/sites/html/page.h"

namespace smbatcher::test {
namespace {

std::size_t levels(const std::string& html) { return measure_depth(html, 1000).levels; }

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

std::size_t depth_of_tree(const std::string& html) {
  const HtmlPage page(html);
  std::size_t deepest = 0;
  for (const HtmlElement& element : page.elements()) {
    std::size_t depth = 0;
    for (const HtmlElement* each = &element; each != nullptr; each = page.parent_of(*each)) {
      ++depth;
    }
    deepest = std::max(deepest, depth);
  }
  return deepest;
}

TEST(Depth, CountsWhatIsOpen) {
  EXPECT_EQ(levels("<div><div></div><div></div></div>"), 2U);
  EXPECT_EQ(levels(repeated("<div>", 100) + repeated("</div>", 100) + repeated("<b>x</b>", 100)), 100U);
  EXPECT_EQ(levels(repeated("<br><img><p>x<li>y", 100)), 0U);
  EXPECT_EQ(levels("<script>" + repeated("<div>", 100) + "</script><!--" + repeated("<div>", 100) + "-->"), 1U);
  EXPECT_EQ(levels(repeated("<svg/>", 100)), 0U);
}

TEST(Depth, TellsWhereTheLimitIsExceeded) {
  const Depth depth = measure_depth("x<div><div><div>", 2);
  EXPECT_EQ(depth.exceeded_at, 11U);
  EXPECT_EQ(measure_depth("x<div><div>", 2).exceeded_at, std::string_view::npos);
}

TEST(Depth, IsNotFooledByEndTagsThatCloseNothing) {
  for (const char* unit : {"<div></p>", "<div></span></div2>", "<div><p></div x>", "<optgroup>", "<rt>",
                           "<div><b id=1></div>", "<svg><tr><tr></svg><svg>", "<div></DIV2>", "<x-a></x-b>",
                           "<b><div><div><div><div><div><div><div><div><div></b></div></div></div></div>"}) {
    const std::string html = repeated(unit, 60);
    EXPECT_LE(depth_of_tree(html), 4 * levels(html) + 10) << unit;
  }
}

}  // namespace
}  // namespace smbatcher::test
