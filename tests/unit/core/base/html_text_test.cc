#include "libregistry/core/base/html_text.h"

#include <gtest/gtest.h>

namespace smbatcher::test {
namespace {

TEST(HtmlText, CannotLeaveItsPlace) {
  EXPECT_EQ(html_text("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&#39;");
  EXPECT_EQ(html_text("tab\there\n\x7f"), "tab here  ");
  EXPECT_EQ(html_text("Bäckerei 日本"), "Bäckerei 日本");
}

}  // namespace
}  // namespace smbatcher::test
