#include <gtest/gtest.h>

#include "libregistry/queue/document/markdown.h"

namespace smbatcher::test {
namespace {

using Texts = std::vector<std::string>;

Texts texts(std::string_view text) {
  Texts all;
  const auto headings = find_headings(text, "D.md");
  for (const ShownHeading& heading : *headings) {
    all.push_back(heading.text);
  }
  return all;
}

/// "One 1-1 #1 text": the heading, its lines, its level, what stands below it.
Texts described(std::string_view text) {
  Texts all;
  const auto headings = find_headings(text, "D.md");
  for (const ShownHeading& heading : *headings) {
    all.push_back(heading.text + " " + std::to_string(heading.line) + "-" + std::to_string(heading.last_line) + " #" +
                  std::to_string(heading.level) + (heading.has_comments ? " comments" : "") +
                  (heading.has_content ? " content" : ""));
  }
  return all;
}

TEST(Headings, AreThoseOfBothFormsInOrder) {
  EXPECT_EQ(texts("# One\n\nTwo\nlines\n===\n\n###### Six ##\n"), (Texts{"One", "Two lines", "Six"}));
  EXPECT_EQ(texts("no heading\n"), Texts{});
  EXPECT_EQ(texts("#\n"), Texts{""});
}

TEST(Headings, ShowTheirTextWithoutDecoration) {
  EXPECT_EQ(texts("# **a** `b` ~~c~~ [d](u) &amp; \\# <i>e</i> ![f](g)\n"), Texts{"a b c d & # e f"});
}

TEST(Headings, AreNotInCodeCommentsOrTables) {
  EXPECT_EQ(texts("```\n# a\n```\n\n    # b\n\n<!--\n# c\n-->\n\n|a|\n|-|\n|x|\n===\n"), Texts{});
}

TEST(Headings, TellTheirLinesAndLevel) {
  EXPECT_EQ(described("# One\n\nTwo\nlines\n===\n> ### Three\r\n\r\nFour\r\n---\r\n"),
            (Texts{"One 1-1 #1", "Two lines 3-5 #1", "Three 6-6 #3", "Four 8-9 #2"}));
  EXPECT_EQ(described("One\n===\n---\n\nTwo\n---\ntext\n> Three\n> ===\n\n[a]: b\nFour\n==\n---\n"),
            (Texts{"One 1-2 #1", "Two 5-6 #2 content", "Three 8-9 #1", "Four 11-13 #1"}));
}

TEST(Headings, TellCommentsFromContent) {
  for (const char* text : {"# a\n<!-- x -->\n", "# a\n\n  <!-- x\n\ny --> <!-- z -->  \n\n---\n",
                           "# a\n- <!-- x -->\n-\n", "# a\n<!-- no end\n\n# b\n"}) {
    EXPECT_EQ(described(text), Texts{"a 1-1 #1 comments"}) << text;
  }
  for (const char* text : {"# a\ntext\n", "# a\n<p>\n", "# a\n```\n```\n", "# a\n|b|\n|-|\n", "# a\n> - text\n"}) {
    EXPECT_EQ(described(text), Texts{"a 1-1 #1 content"}) << text;
  }
  EXPECT_EQ(described("# a\n<!-- x --> y\n"), Texts{"a 1-1 #1 content"});
  EXPECT_EQ(described("# a\n<!-- x -->\n\ny\n\n## b\n\n# c\n"),
            (Texts{"a 1-1 #1 comments content", "b 6-6 #2", "c 8-8 #1"}));
}

TEST(Headings, AFootnoteIsNoContentOfTheLastOne) {
  EXPECT_EQ(described("# One[^1]\n\nText.\n\n# Two\n\n[^1]: Note.\n\n    ## In it\n"),
            (Texts{"One 1-1 #1 content", "Two 5-5 #1"}));
}

}  // namespace
}  // namespace smbatcher::test
