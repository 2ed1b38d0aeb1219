#include "libregistry/core/findings/finding.h"

#include <set>

#include <gtest/gtest.h>

#include "libregistry/core/findings/rules.h"

namespace smbatcher::test {
namespace {

TEST(Findings, TakeTheLevelOfTheConfigAndTheOrderOfTheFiles) {
  const std::vector<Finding> findings =
      with_levels({make_finding("html-id", "b.html", 2, 9, "1"), make_finding("html-id", "b.html", 2, 3, "2"),
                   make_finding("html-title", "a.html", 7, 1, "3"), make_finding("html-img-alt", "b.html", 0, 0, "4"),
                   make_finding("html-lang", "a.html", 1, 1, "5")},
                  {{"html-img-alt", "warn"}, {"html-lang", "off"}});
  std::string order;
  for (const Finding& finding : findings) {
    order += finding.message;
  }
  EXPECT_EQ(order, "3421");
  EXPECT_EQ(findings[1].severity, Severity::kWarning);
  EXPECT_EQ(count_errors(findings), 3U);
}

TEST(Findings, OfStyleAreOffUntilTheConfigAsksForThem) {
  const std::vector<Finding> style{make_finding("html-style-void-slash", "a.html", 1, 1, "x")};
  EXPECT_TRUE(with_levels(style, {}).empty());
  EXPECT_EQ(count_errors(with_levels(style, {{"html-style-void-slash", "error"}})), 1U);
}

TEST(Findings, KeepTheirOrderWithinOnePlace) {
  const std::vector<Finding> findings =
      with_levels({make_finding("html-title", "a", 1, 1, "1"), make_finding("html-id", "a", 1, 1, "2")}, {});
  EXPECT_EQ(findings[0].message, "1");
}

TEST(Rules, HaveOneEntryEach) {
  std::set<std::string_view> ids;
  for (const Rule& rule : kRules) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_FALSE(rule.summary.empty() || rule.summary.ends_with('.')) << rule.id;
    EXPECT_EQ(find_rule(rule.id), &rule);
  }
  EXPECT_EQ(find_rule("html-nothing"), nullptr);
}

}  // namespace
}  // namespace smbatcher::test
