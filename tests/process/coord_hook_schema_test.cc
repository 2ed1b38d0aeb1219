#include "tests/process/coord_hook_support.h"

namespace smbatcher::test {
namespace {

// The JSON of coord-decisions and coord-hook in many outcomes fits the schemas that they print.

constexpr const char* kHookId = "claude-20261120-180000-0123abcd";

void expect_fits(const Project& project, const std::string& tool, const std::vector<ProcessResult>& answers) {
  project.dir().write("schema.json", project.run(tool, {"--schema"}).out);
  std::string lines;
  for (const ProcessResult& answer : answers) {
    lines += answer.out;
  }
  const ProcessResult check = run({.argv = {"python3", SMB_CHECK_SCHEMA, project.at("schema.json")}, .input = lines});
  EXPECT_EQ(check.status, 0) << check.out << check.err;
}

TEST(CoordHookSchema, DescribesEveryAnswerOfTheDecisionLog) {
  const Project project;
  std::vector<ProcessResult> answers;
  const auto ask = [&](int status, std::vector<std::string> args) {
    args.emplace_back("--json");
    answers.push_back(project.run_as(kHookId, "coord-decisions", args));
    EXPECT_EQ(answers.back().status, status) << answers.back().command << answers.back().out;
  };
  const std::vector<std::string> add{"add", "--category=testing", "--title=T", "--description=D"};
  const auto with = [&add](const char* option) {
    std::vector<std::string> args = add;
    args.emplace_back(option);
    return args;
  };
  ask(0, {"list"});
  ask(0, with("--dry-run"));
  ask(0, add);
  ask(0, with("--role=main"));
  ask(0, {"list"});
  ask(1, {"query", "DEC-20260101-0000"});
  ask(0, {"archive"});
  ask(0, {"archive", "--keep", "1", "--dry-run"});
  ask(0, {"archive", "--keep", "1"});
  ask(2, {"add"});
  ask(2, with("--scope=nowhere"));
  project.dir().write(".claude/coordination/decision-log.json", "{");
  ask(2, {"list"});
  ask(0, add);
  const std::string id = answers.back().out.substr(answers.back().out.find("DEC-"), 17);
  ask(0, {"query", id});
  expect_fits(project, "coord-decisions", answers);
}

TEST(CoordHookSchema, DescribesEveryAnswerOfHooksAndOfInstall) {
  const Project project;
  std::vector<ProcessResult> answers;
  for (const char* const session : {"s1", "s2"}) {
    answers.push_back(run(project.hook_command("PreToolUse", tool_call(session, "Edit", "a.py", "t1"))));
  }
  answers.push_back(project.run("coord-hook", {"NoSuchEvent"}));
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"--dry-run"}, {}, {}, {"--bogus"}}) {
    std::vector<std::string> all{"install", "--json"};
    all.insert(all.end(), args.begin(), args.end());
    answers.push_back(project.run("coord-hook", all));
  }
  project.dir().write(".claude/coordination/bin/coord-lock", "another");
  answers.push_back(project.run("coord-hook", {"install", "--json"}));
  EXPECT_EQ(answers.back().status, 1);
  answers.push_back(project.run("coord-hook", {"install", "--json", "--force"}));
  project.dir().write(".claude/settings.json", "{");
  answers.push_back(project.run("coord-hook", {"install", "--json"}));
  EXPECT_EQ(answers.back().status, 2);
  expect_fits(project, "coord-hook", answers);
}

}  // namespace
}  // namespace smbatcher::test
