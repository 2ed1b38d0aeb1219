#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/pages.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

// tests/support/check_guarantees.py, on the pages as they are and on pages with faults.
namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ProcessResult check_pages(const std::string& root) {
  return run({{source_dir() + "/tests/support/check_guarantees.py", root}});
}

/// A project of two pages and one test.
class PagesProject {
 public:
  PagesProject() {
    dir_.write("tests/a_test.cc", "TEST_F(Suite, Holds) {\n}\nTEST(Suite,\n     Other) {}\n");
    dir_.write("docs/reliability.md",
               "# R\n\n### Durable\n\nAlways durable.\n\n- `tests/a_test.cc: Suite.Holds`\n\n### Bare\n");
  }

  ProcessResult with_readme(const std::string& text) const {
    dir_.write("README.md", text);
    return check_pages(dir_.path());
  }
  ProcessResult with_proofs(const std::string& text) const {
    dir_.write("docs/reliability.md", text);
    return with_readme("Nothing is said.\n");
  }

 private:
  TempDir dir_;
};

TEST(Guarantees, EveryWordInThePagesLeadsToATest) {
  const ProcessResult result = check_pages(source_dir());
  EXPECT_EQ(result.status, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr("OK:guarantees_linked:"));
}

TEST(Guarantees, AcceptLinksToASectionWithATest) {
  const PagesProject project;
  for (const char* text :
       {"It is [durable](docs/reliability.md#durable).\n", "It is [very\ndurable](docs/reliability.md#durable).\n",
        "`never` in code, and\n\n    never here\n\n```\nnor atomic here\n```\n", "# Never\n\nA heading.\n",
        "See [this](docs/durable.md).\n"}) {
    const ProcessResult result = project.with_readme(text);
    EXPECT_EQ(result.status, 0) << text << result.out;
  }
}

TEST(Guarantees, AreMissedWhereALinkOrATestIsMissing) {
  const PagesProject project;
  struct Case {
    std::string text;
    std::string fault;
  };
  const std::vector<Case> cases{
      {"Fine.\n\nIt is atomic.\n", "FAIL:unlinked_guarantee:README.md:3: 'atomic'"},
      {"It is all\nor none.\n", "FAIL:unlinked_guarantee:README.md:1: 'all or none'"},
      {"| a |\n|---|\n| Durably |\n", "FAIL:unlinked_guarantee:README.md:3: 'Durably'"},
      {"It is [durable](docs/other.md#durable).\n", "FAIL:unlinked_guarantee:README.md:1: 'durable'"},
      {"It is [durable](docs/reliability.md).\n", "FAIL:unlinked_guarantee:README.md:1: 'durable'"},
      {"It is [durable](docs/reliability.md#nowhere).\n", "FAIL:no_test:README.md:1: 'nowhere'"},
      {"It is [durable](docs/reliability.md#bare).\n", "FAIL:no_test:README.md:1: 'bare'"},
  };
  for (const auto& [text, fault] : cases) {
    const ProcessResult result = project.with_readme(text);
    EXPECT_EQ(result.status, 1) << text;
    EXPECT_THAT(result.out, HasSubstr(fault)) << text;
    EXPECT_THAT(result.out, Not(HasSubstr("OK:")));
  }
}

TEST(Guarantees, AreMissedWhereANamedTestIsNotThere) {
  const PagesProject project;
  const ProcessResult result = project.with_proofs(
      "# R\n\n### A\n\n- `tests/a_test.cc: Suite.Gone`\n- `tests/b_test.cc: Suite.Holds`\n- `tests/a_test.cc: "
      "Suite.Holds`\n");
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("FAIL:no_such_test:docs/reliability.md:5: Suite.Gone"));
  EXPECT_THAT(result.out, HasSubstr("FAIL:no_such_test:docs/reliability.md:6: Suite.Holds"));
  EXPECT_THAT(result.out, Not(HasSubstr("reliability.md:7")));
}

}  // namespace
}  // namespace smbatcher::test
