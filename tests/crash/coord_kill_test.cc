#include <algorithm>
#include <cstdlib>
#include <functional>

#include "tests/crash/strace_run.h"
#include "tests/process/coord_hook_support.h"
#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

// The decision log and the hooks, killed at each of their steps: every file is whole, the next call
// works at once, and nothing that was said to be done is gone.

constexpr const char* kId = "claude-20261120-180000-0123abcd";

bool is_temporary(const std::string& name) { return name.ends_with(".part") || name.ends_with(".next"); }

/// Every JSON file of the folder, but for temporary ones, is one.
void expect_whole_files(const Project& project, const std::string& folder) {
  if (!project.dir().exists(folder)) {
    return;
  }
  for (const std::string& name : project.dir().list(folder)) {
    if (name.ends_with(".json") && !is_temporary(name)) {
      EXPECT_TRUE(project.file(folder + "/" + name).is_object()) << name;
    }
  }
}

/// What is on the disk, or locked, is another after it. Between two of these all moments are alike.
bool changes_something(const TracedCall& call) {
  for (const char* const name : {"write", "rename", "unlink", "mkdir", "truncate", "chmod", "chown", "sync", "flock"}) {
    if (call.name.find(name) != std::string::npos) {
      return true;
    }
  }
  return call.line.find("O_CREAT") != std::string::npos;
}

/// Kills the call that `scene` sets up, instead of each of its system calls that change something and instead of its
/// last one (with SMB_SOAK=1: of all), and has a look at the end.
void kill_at_each_call(const std::function<Command(const Project&)>& scene,
                       const std::function<void(const Project&, const ProcessResult&)>& look) {
  if (const std::string why = why_no_strace(); !why.empty()) {
    GTEST_SKIP() << why;
  }
  const Project first;
  const TracedRun traced = trace(scene(first));
  ASSERT_GT(traced.calls.size(), 10U);
  int killed = 0;
  const bool all = std::getenv("SMB_SOAK") != nullptr;  // NOLINT(concurrency-mt-unsafe): nothing sets it
  for (const TracedCall& call : traced.calls) {
    if (!all && !changes_something(call) && &call != &traced.calls.back()) {
      continue;
    }
    SCOPED_TRACE("killed instead of " + call.name + " " + std::to_string(call.nth) + ": " + call.line);
    const Project project;
    const InjectedRun run = inject(scene(project), call, "signal=KILL");
    killed += run.reached ? 1 : 0;
    for (const char* const part : {"", "locks", "heartbeats", "sessions"}) {
      expect_whole_files(project, kFolder + part);
    }
    look(project, run.result);
    if (::testing::Test::HasFailure()) {
      return;
    }
  }
  EXPECT_GT(killed, 5);
}

Command decisions(const Project& project, const std::vector<std::string>& args) {
  Command call = project.command("coord-decisions", args);
  call.env["COORD_INSTANCE_ID"] = kId;
  return call;
}

Command add(const Project& project, const std::string& title) {
  return decisions(project, {"add", "--category=testing", "--title=" + title, "--description=D", "--format", "simple"});
}

std::vector<std::string> logged_titles(const Project& project) {
  std::vector<std::string> titles;
  const Json log = project.file(kFolder + "decision-log.json");
  for (const Json& decision : *log.find("decisions")->array()) {
    titles.push_back(text_of(decision, "title"));
  }
  return titles;
}

void expect_nothing_set_aside(const Project& project) {
  for (const std::string& name : project.dir().list(kFolder)) {
    EXPECT_EQ(name.find("conflict"), std::string::npos) << name;
    EXPECT_EQ(name.find("corrupt"), std::string::npos) << name;
  }
}

TEST(CoordKill, AddingADecision) {
  kill_at_each_call(
      [](const Project& project) {
        EXPECT_EQ(run(add(project, "first")).status, 0);
        EXPECT_EQ(run(add(project, "second")).status, 0);
        return add(project, "killed");
      },
      [](const Project& project, const ProcessResult& killed) {
        const ProcessResult next = run(add(project, "next"));
        EXPECT_EQ(next.status, 0) << next.out;
        const std::vector<std::string> titles = logged_titles(project);
        EXPECT_EQ(titles.front(), "first");
        EXPECT_EQ(titles.back(), "next");
        const bool there = std::find(titles.begin(), titles.end(), "killed") != titles.end();
        EXPECT_EQ(titles.size(), there ? 4U : 3U);
        EXPECT_TRUE(there || killed.out.empty()) << "it had been said to be logged";
        std::vector<std::string> ids;
        const Json log = project.file(kFolder + "decision-log.json");
        for (const Json& decision : *log.find("decisions")->array()) {
          ids.push_back(text_of(decision, "decision_id"));
        }
        std::sort(ids.begin(), ids.end());
        EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
        expect_nothing_set_aside(project);
      });
}

TEST(CoordKill, TheFirstDecision) {
  kill_at_each_call([](const Project& project) { return add(project, "killed"); },
                    [](const Project& project, const ProcessResult&) {
                      EXPECT_EQ(run(add(project, "next")).status, 0);
                      EXPECT_EQ(logged_titles(project).back(), "next");
                    });
}

TEST(CoordKill, ArchivingDecisions) {
  kill_at_each_call(
      [](const Project& project) {
        for (const char* const title : {"a", "b", "c"}) {
          EXPECT_EQ(run(add(project, title)).status, 0);
        }
        return decisions(project, {"archive", "--keep", "1"});
      },
      [](const Project& project, const ProcessResult&) {
        const ProcessResult next = run(decisions(project, {"archive", "--keep", "1"}));
        EXPECT_EQ(next.status, 0) << next.out;
        EXPECT_EQ(logged_titles(project), std::vector<std::string>{"c"});
        std::vector<std::string> archived;
        for (const std::string& name : project.dir().list(kFolder)) {
          if (name.starts_with("decision-log-archive-")) {
            const Json log = project.file(kFolder + name);
            for (const Json& decision : *log.find("decisions")->array()) {
              archived.push_back(text_of(decision, "title"));
            }
          }
        }
        EXPECT_EQ(archived, (std::vector<std::string>{"a", "b"}));
        EXPECT_EQ(run(add(project, "d")).out.substr(13), "0003\n");
        expect_nothing_set_aside(project);
      });
}

/// After a hook was killed at any moment, the next one of the same agent works, and so does another's.
void expect_hooks_work(const Project& project) {
  EXPECT_EQ(denial(project.hook("PreToolUse", tool_call("s1", "Edit", "z.py", "t8"))), "");
  expect_silence(project.hook("PostToolUse", tool_call("s1", "Edit", "z.py", "t8")));
  expect_silence(project.hook("SessionEnd", session_event("s1")));
  EXPECT_EQ(denial(project.hook("PreToolUse", tool_call("s2", "Edit", "z.py", "t9"))), "");
  expect_nothing_set_aside(project);
}

TEST(CoordKill, AHookAtTheStartOfASession) {
  kill_at_each_call(
      [](const Project& project) {
        Command call = project.hook_command("SessionStart", session_event("s1"));
        call.env["CLAUDE_ENV_FILE"] = project.at("env.sh");
        return call;
      },
      [](const Project& project, const ProcessResult&) { expect_hooks_work(project); });
}

TEST(CoordKill, AHookBeforeAWrite) {
  kill_at_each_call(
      [](const Project& project) {
        expect_silence(project.hook("SessionStart", session_event("s1")));
        return project.hook_command("PreToolUse", tool_call("s1", "Edit", "a.py", "t1"));
      },
      [](const Project& project, const ProcessResult& killed) {
        if (!killed.out.empty()) {
          EXPECT_NE(denial(project.hook("PreToolUse", tool_call("s2", "Edit", "a.py", "t2"))), "")
              << "the agent was let go on, and the lock is not there";
        }
        // Its lock, if it has one, is freed like any other of a tool call that never reported its end.
        expect_silence(project.hook("Stop", session_event("s1")));
        EXPECT_EQ(denial(project.hook("PreToolUse", tool_call("s2", "Edit", "a.py", "t3"))), "");
        expect_silence(project.hook("SessionEnd", session_event("s2")));
        expect_hooks_work(project);
      });
}

TEST(CoordKill, AHookAfterAWrite) {
  kill_at_each_call(
      [](const Project& project) {
        expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
        return project.hook_command("PostToolUse", tool_call("s1", "Edit", "a.py", "t1"));
      },
      [](const Project& project, const ProcessResult&) {
        expect_silence(project.hook("Stop", session_event("s1")));
        EXPECT_EQ(denial(project.hook("PreToolUse", tool_call("s2", "Edit", "a.py", "t3"))), "");
        expect_hooks_work(project);
      });
}

TEST(CoordKill, AHookAtTheEndOfASession) {
  kill_at_each_call(
      [](const Project& project) {
        expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
        return project.hook_command("SessionEnd", session_event("s1"));
      },
      [](const Project& project, const ProcessResult&) {
        expect_silence(project.hook("SessionEnd", session_event("s1")));
        EXPECT_TRUE(project.locked().empty());
        expect_hooks_work(project);
      });
}

}  // namespace
}  // namespace smbatcher::test
