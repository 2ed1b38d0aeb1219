#include <filesystem>

#include <gtest/gtest.h>

#include "libregistry/core/findings/rules.h"
#include "tests/unit/sites/html/html_findings.h"

// docs/rules: every rule has a page, and the examples of the pages about HTML are what they say.

namespace smbatcher::test {
namespace {

std::string rules_folder() { return SMB_SOURCE_DIR "/docs/rules/"; }

/// The `html` blocks of a page, each as a whole document.
std::vector<std::string> examples_in(const std::string& text) {
  std::vector<std::string> examples;
  constexpr std::string_view kBegin = "\n```html\n";
  for (std::size_t at = text.find(kBegin); at != std::string::npos; at = text.find(kBegin, at)) {
    at += kBegin.size();
    const std::string code = text.substr(at, text.find("\n```", at) - at);
    examples.push_back(code.find("<html") == std::string::npos ? page_with(code) : code);
  }
  return examples;
}

TEST(RulePages, AreThereForEveryRuleAndNoOther) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(rules_folder())) {
    EXPECT_NE(find_rule(entry.path().stem().string()), nullptr) << entry.path();
    ++count;
  }
  const std::string list = bytes_of(SMB_SOURCE_DIR "/docs/checks.md");
  for (const Rule& rule : kRules) {
    const std::string id(rule.id);
    EXPECT_TRUE(bytes_of(rules_folder() + id + ".md").starts_with("# " + id + "\n")) << id;
    EXPECT_NE(list.find("(rules/" + id + ".md)"), std::string::npos) << "docs/checks.md lacks " << id;
  }
  EXPECT_EQ(count, kRules.size());
}

TEST(RulePages, ShowAPageWithTheFaultAndOneWithout) {
  std::size_t count = 0;
  for (const Rule& rule : kRules) {
    const std::string id(rule.id);
    const std::vector<std::string> examples = examples_in(bytes_of(rules_folder() + id + ".md"));
    if (!id.starts_with("html-") || examples.empty()) {
      continue;
    }
    ASSERT_EQ(examples.size(), 2U) << id;
    const RuleLevels on{{id, "error"}};
    EXPECT_TRUE(rules_in(examples[0], on).contains(id)) << id;
    EXPECT_EQ(rules_in(examples[1], on), std::set<std::string>()) << id;
    ++count;
  }
  EXPECT_GE(count, 28U);
}

}  // namespace
}  // namespace smbatcher::test
