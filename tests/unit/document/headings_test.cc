#include <gtest/gtest.h>

#include "libregistry/document/markdown.h"

namespace smbatcher::test {
namespace {

using Texts = std::vector<std::string>;

TEST(Headings, AreThoseOfBothFormsInOrder) {
  EXPECT_EQ(heading_texts("# One\n\nTwo\nlines\n===\n\n###### Six ##\n"), (Texts{"One", "Two lines", "Six"}));
  EXPECT_EQ(heading_texts("no heading\n"), Texts{});
  EXPECT_EQ(heading_texts("#\n"), Texts{""});
}

TEST(Headings, ShowTheirTextWithoutDecoration) {
  EXPECT_EQ(heading_texts("# **a** `b` ~~c~~ [d](u) &amp; \\# <i>e</i> ![f](g)\n"), Texts{"a b c d & # e f"});
}

TEST(Headings, AreNotInCodeCommentsOrTables) {
  EXPECT_EQ(heading_texts("```\n# a\n```\n\n    # b\n\n<!--\n# c\n-->\n\n|a|\n|-|\n|x|\n===\n"), Texts{});
}

}  // namespace
}  // namespace smbatcher::test
