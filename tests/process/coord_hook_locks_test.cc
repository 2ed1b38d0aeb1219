#include <chrono>

#include "libregistry/core/base/clock.h"
#include "tests/process/coord_hook_support.h"

namespace smbatcher::test {
namespace {

// How long a lock lasts that a hook took.

/// The project's instances, as if they had been silent for half an hour.
void silence_all(const Project& project) {
  const std::string before = format_time(SystemClock().now().wall - std::chrono::minutes(30));
  const std::string member = "\"last_ping\": \"";
  std::vector<std::string> files{".claude/coordination/work-registry.json"};
  for (const std::string& id : project.instances()) {
    files.push_back(".claude/coordination/heartbeats/" + id + ".json");
  }
  for (const std::string& file : files) {
    std::string text = project.dir().read(file);
    for (std::size_t at = text.find(member); at != std::string::npos; at = text.find(member, at + 1)) {
      text.replace(at + member.size(), before.size(), before);
    }
    project.dir().write(file, text);
  }
}

TEST(CoordHook, WhatACallOfAnAgentThatIsGoneLocksIsFreeOnceItIsSilent) {
  const Project project;
  Command agent = project.hook_command("PreToolUse", tool_call("s1", "Edit", "a.py", "t1"));
  agent.argv = {"python3",
                "-c",
                "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)",
                "sh",
                "-c",
                "\"$0\" PreToolUse; exit $?",
                tool_path("coord-hook")};
  expect_silence(Project::answer(run(agent)));
  EXPECT_NE(denial(project.hook("PreToolUse", tool_call("s2", "Edit", "a.py", "t2"))), "");
  silence_all(project);
  EXPECT_EQ(denial(project.hook("PreToolUse", tool_call("s2", "Edit", "a.py", "t3"))), "");
}

TEST(CoordHook, WhatACallLocksHoldsWhileAPersonIsAskedAndEndsWhenItIsDenied) {
  const Project project;
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
  silence_all(project);  // for longer than an instance may be: only its lock speaks for it
  EXPECT_NE(denial(project.hook("PreToolUse", tool_call("s2", "Edit", "a.py", "t2"))), "");
  expect_silence(project.hook("UserPromptSubmit", session_event("s1")));  // it was not allowed
  expect_silence(project.hook("PreToolUse", tool_call("s2", "Edit", "a.py", "t3")));
}

}  // namespace
}  // namespace smbatcher::test
