#include <filesystem>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "tests/process/outcome_support.h"
#include "tests/support/pages.h"

namespace smbatcher::test {
namespace {

// How the tools speak, as far as a program can judge it.

/// A number that was computed, and behind it a plural that was written down: "1 issues". counted() knows both forms.
/// A limit (kMost) is never one, and the number of a line counts nothing.
const std::regex& fixed_plural() {
  static const std::regex pattern(R"re(to_string\((?!k[A-Z]|max_)[^;"]*\)\s*\+\s*" ([a-z]+ )?[a-z]{3,}s\b)re");
  return pattern;
}

TEST(Wording, APluralIsNeverFixed) {
  EXPECT_TRUE(std::regex_search(std::string(R"(to_string(issues.size()) + " issues")"), fixed_plural()));
  EXPECT_TRUE(std::regex_search(std::string(R"(to_string(count) + " live instances")"), fixed_plural()));
  for (const char* folder : {"/libregistry", "/tools"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(source_dir() + folder)) {
      if (entry.path().extension() == ".cc" || entry.path().extension() == ".h") {
        const std::string text =
            std::regex_replace(read_source(entry.path().string()), std::regex(R"(line " \+ std::to_string)"), "nth");
        std::smatch match;
        EXPECT_FALSE(std::regex_search(text, match, fixed_plural())) << entry.path() << ": " << match.str();
      }
    }
  }
}

TEST(Wording, OneIsSingular) {
  const Sandbox sandbox({{"a.example", "003", "X"}});
  expect_fail(sandbox.run("check-registry"), "FAIL:registry_invalid:1 issue");
  sandbox.dir().write("sites/a.example/index.html", "<!doctype html><html lang=\"en\"><title>A</title><p><b>");
  const ProcessResult page = sandbox.run("check-html", {"sites/a.example/index.html"});
  EXPECT_EQ(page.out.substr(0, page.out.find('\n')), "FAIL:html_invalid:1 issue") << page.out;
}

}  // namespace
}  // namespace smbatcher::test
