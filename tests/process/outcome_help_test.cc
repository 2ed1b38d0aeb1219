#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include <gmock/gmock.h>

#include "tests/process/outcome_support.h"
#include "tests/support/pages.h"
#include "tools/other_names.h"
#include "tools/support/operations.h"

namespace smbatcher::test {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// What the tools say of themselves.

std::vector<std::string> tool_names() {
  std::vector<std::string> names;
  for (const Operation& operation : operations()) {
    names.emplace_back(operation.name);
  }
  return names;
}

/// No line is wider than a terminal, but one that is a single word or a command to copy.
void expect_80_columns(const std::string& command, const std::string& text) {
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    const std::string line = text.substr(begin, text.find('\n', begin) - begin);
    EXPECT_TRUE(line.size() <= 80 || line.starts_with("  smbatcher ") || line.starts_with("  export "))
        << command << ": " << line;
  }
}

TEST(Help, ListsTheWholeNameOfEveryToolInColumnsThatFit) {
  const Sandbox sandbox;
  const std::string help = sandbox.run("smbatcher", {"help", "all"}).out;
  for (const Operation& operation : operations()) {
    const std::size_t at = help.find("\n  " + std::string(operation.name) + "  ");
    ASSERT_NE(at, std::string::npos) << operation.name;
    const std::string line = help.substr(at + 1, help.find('\n', at + 1) - at - 1);
    EXPECT_EQ(line.find_first_not_of(' ', 2 + operation.name.size()), 27U) << line;
  }
  expect_80_columns("smbatcher help all", help);
}

TEST(Help, BeginsWithOneScreen) {
  const Sandbox sandbox;
  const std::string screen = sandbox.run("smbatcher", {}).out;
  EXPECT_LE(std::count(screen.begin(), screen.end(), '\n'), 24) << screen;
  expect_80_columns("smbatcher", screen);
  EXPECT_EQ(sandbox.run("smbatcher", {"help"}).out, screen);
  for (const char* group :
       {"shared", "prepare", "design", "implement", "check", "coordination", "audit", "git", "repair", "all"}) {
    EXPECT_THAT(screen, ContainsRegex(std::string("[ ,]") + group + "[,\n]"));
    EXPECT_EQ(sandbox.run("smbatcher", {"help", group}).status, 0) << group;
  }
}

TEST(Help, DescribesEveryToolIn80ColumnsAndNoDefaultTwice) {
  const Sandbox sandbox;
  const std::regex twice(R"(\(default[^)]*\)\s+\(default)");
  for (const std::string& tool : tool_names()) {
    const ProcessResult help = sandbox.run(tool, {"--help"});
    EXPECT_EQ(help.status, 0);
    expect_80_columns(tool, help.out);
    EXPECT_FALSE(std::regex_search(help.out, twice)) << help.out;
    EXPECT_EQ(sandbox.run("smbatcher", {"help", tool}).out, help.out);
  }
}

TEST(Help, AnswersInJsonWhereItIsAskedTo) {
  const Sandbox sandbox;
  for (const std::string& tool : tool_names()) {
    const Json help = json(sandbox.run("smbatcher", {"help", tool, "--format", "json"}));
    EXPECT_EQ(text_of(help, "result") + " " + text_of(help, "tool"), "help " + tool);
    EXPECT_THAT(text_of(help, "usage"), StartsWith("smbatcher " + tool));
    EXPECT_GT(count_of(help, "options"), 0U) << tool;
  }
  EXPECT_EQ(count_of(json(sandbox.run("smbatcher", {"help", "--format=json"})), "tools"), operations().size());
  const Json option = item(ask(sandbox, "find-next", {"--help"}), "options", 0);
  EXPECT_EQ(option.dump(),
            R"({"name":"--mode","help":)" + child(option, "help").dump() +
                R"(,"group":"Options","required":false,"value":"batch|sites|status|active","default":"batch"})");
}

TEST(Help, ListsOneGroup) {
  const Sandbox sandbox;
  const ProcessResult design = sandbox.run("smbatcher", {"help", "design"});
  EXPECT_EQ(design.status, 0);
  EXPECT_THAT(design.out, StartsWith("Design:\n  analyze-seeds "));
  EXPECT_EQ(design.out.find("find-next"), std::string::npos);
  EXPECT_EQ(text_of(item(ask(sandbox, "smbatcher", {"help", "repair"}), "tools", 0), "name"), "bury");
  expect_exactly(
      sandbox, "smbatcher", {"help", "find-next", "reap"}, 2,
      "ERROR:invalid_argument:unexpected argument 'reap'; smbatcher help takes the name of one tool or of one "
      "group\n");
}

TEST(OtherNames, StandForTheirOperations) {
  const Sandbox sandbox({{"a.example", "001", "O"}, {"b.example", "002", "O"}});
  EXPECT_EQ(sandbox.run("smbatcher", {"claim", "--dry-run", "--owner", "anna"}).out,
            sandbox.run("find-next", {"--claim", "--dry-run", "--owner", "anna"}).out);
  expect_ok(sandbox.run("smbatcher", {"claim", "--owner", "anna", "--format", "text"}), "OK:claimed");
  EXPECT_EQ(sandbox.status_of("a.example"), "i");
  EXPECT_EQ(ask(sandbox, "smbatcher", {"batch", "status", "002"}).dump(), ask(sandbox, "status", {"002"}).dump());
  sandbox.dir().write("sites/a.example/index.html", "<p>x");
  sandbox.dir().write("sites/a.example/styles.css", "p {}");
  expect_ok(sandbox.run("smbatcher", {"complete", "--owner", "anna", "a.example"}), "OK:marked_complete");
  EXPECT_EQ(sandbox.status_of("a.example"), "I") << "in the phase of the claim";
  EXPECT_EQ(sandbox.run("smbatcher", {"help", "batch", "status"}).out, sandbox.run("status", {"--help"}).out);
  expect_error(sandbox.run("smbatcher", {"batch"}), "ERROR:unknown_tool");
  EXPECT_FALSE(std::filesystem::exists(tool_path("claim"))) << "no link has such a name";
  for (const OtherName& name : kOtherNames) {
    EXPECT_NE(find_operation(name.operation), nullptr) << name.words;
    EXPECT_EQ(find_operation(name.words), nullptr) << name.words;
  }
}

TEST(Version, IsToldByEveryNameOfIt) {
  const Sandbox sandbox;
  const std::string version = sandbox.run("smbatcher", {"--version"}).out;
  EXPECT_THAT(version, StartsWith("smbatcher "));
  for (const char* word : {"-V", "version"}) {
    expect_exactly(sandbox, "smbatcher", {word}, 0, version);
    EXPECT_EQ(text_of(ask(sandbox, "smbatcher", {word}), "version") + "\n", version.substr(10));
  }
  for (const std::string& tool : tool_names()) {
    const std::string own = "smbatcher " + tool + version.substr(9);
    expect_exactly(sandbox, tool, {"--version"}, 0, own);
    expect_exactly(sandbox, tool, {"-V"}, 0, own);
    EXPECT_EQ(text_of(ask(sandbox, tool, {"-V"}), "tool"), tool);
  }
}

/// A name of a tool as pages write it: `smbatcher NAME`, or alone in a code span.
TEST(Pages, NameOnlyToolsThatThereAre) {
  const std::vector<std::string> names = tool_names();
  const std::set<std::string> known(names.begin(), names.end());
  const std::regex called(R"(\bsmbatcher +([a-z][a-z-]*))");
  const std::regex span(
      "`((?:find|with|prepare|design|implement|coord|audit|metrics|ci-dry|verify|analyze|list|registry|repo)"
      "-[a-z-]+)`");
  const auto is_family = [&names](const std::string& word) {  // "the two ci-dry-run tools"
    return std::any_of(names.begin(), names.end(), [&word](const auto& name) { return name.starts_with(word + "-"); });
  };
  std::set<std::string> seen;
  for (const std::string& name : page_names()) {
    for (const std::string& line : read_page(name).lines) {
      for (const std::regex& pattern : {called, span}) {
        for (std::sregex_iterator match(line.begin(), line.end(), pattern), end; match != end; ++match) {
          const std::string tool = (*match)[1];
          const bool is_code =
              line.find('`') != std::string::npos || line.starts_with("    ") || line.starts_with("$ ");
          const bool is_mistake = tool == "find-nxt";  // what a mistyped name is answered with
          if (is_code && tool.find('-') != std::string::npos && !is_family(tool) && !is_mistake) {
            EXPECT_TRUE(known.contains(tool)) << name << ": " << line;
            seen.insert(tool);
          }
        }
      }
    }
  }
  EXPECT_GE(seen.size(), 30U);
  const std::string readme = read_source(source_dir() + "/README.md");
  for (const char* tool : {"find-next", "implement-complete", "implement-finish", "release", "heartbeat"}) {
    EXPECT_THAT(readme, HasSubstr(tool)) << "a site's whole way is in the README";
  }
}

}  // namespace
}  // namespace smbatcher::test
