#include <filesystem>

#include "tests/process/coord_hook_support.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kWorkRegistry = ".claude/coordination/work-registry.json";

std::string instance_of(const Project& project, std::size_t index = 0) {
  const std::vector<std::string> ids = project.instances();
  return index < ids.size() ? ids[index] : "";
}

TEST(CoordHook, ASessionIsOneInstanceAlsoWhenItIsResumed) {
  const Project project;
  Command start = project.hook_command("SessionStart", JsonObject{{"session_id", "s1"}, {"source", "startup"}});
  start.env["CLAUDE_ENV_FILE"] = project.at("env.sh");
  project.dir().write("env.sh", "export OTHER=1");
  expect_silence(Project::answer(run(start)));
  ASSERT_THAT(project.instances(), SizeIs(1));
  const std::string id = instance_of(project);
  EXPECT_EQ(project.dir().read("env.sh"), "export OTHER=1\nexport COORD_INSTANCE_ID=" + id + "\n");

  expect_silence(project.hook("SessionEnd", session_event("s1")));
  EXPECT_THAT(project.instances(), IsEmpty());
  start.input = R"({"session_id":"s1","source":"resume"})";
  expect_silence(Project::answer(run(start)));
  EXPECT_THAT(project.instances(), ElementsAre(id));
  EXPECT_EQ(project.dir().read("env.sh"), "export OTHER=1\nexport COORD_INSTANCE_ID=" + id + "\n");
}

TEST(CoordHook, DeniesAWriteToWhatAnotherSessionWritesAndSaysWhoHoldsIt) {
  const Project project;
  for (const char* const tool : {"Write", "Edit", "MultiEdit", "NotebookEdit"}) {
    expect_silence(project.hook("PreToolUse", tool_call("s1", tool, project.at("src/a.py"), "t1")));
    const std::string why = denial(project.hook("PreToolUse", tool_call("s2", tool, "src/a.py", "t2")));
    EXPECT_THAT(why, HasSubstr("'src/a.py' is locked by instance " + instance_of(project)));
    EXPECT_THAT(why, HasSubstr("(task: an agent's session)"));
    EXPECT_THAT(why, ::testing::AnyOf(HasSubstr("for another 1 h"), HasSubstr("for another 59 min")));
    expect_silence(project.hook("PreToolUse", tool_call("s2", tool, "src/b.py", "t3")));
    EXPECT_THAT(project.locked(), ElementsAre("src/a.py", "src/b.py"));

    expect_silence(project.hook("PostToolUse", tool_call("s1", tool, "src/a.py", "t1")));
    expect_silence(project.hook("PostToolUseFailure", tool_call("s2", tool, "src/b.py", "t3")));
    EXPECT_THAT(project.locked(), IsEmpty());
    expect_silence(project.hook("PreToolUse", tool_call("s2", tool, "src/a.py", "t4")));
    expect_silence(project.hook("PostToolUse", tool_call("s2", tool, "src/a.py", "t4")));
  }
}

TEST(CoordHook, TheAdviceOfADenialMakesASubagentTheHolder) {
  const Project project;
  expect_silence(project.hook("SessionStart", session_event("s1")));
  const std::string session = instance_of(project);
  project.dir().write("sub/x", "");
  for (const std::string& folder : {project.dir().path(), project.at("sub")}) {
    expect_silence(project.hook("PreToolUse", tool_call("s2", "Edit", project.at("it's a.py"), "t1")));
    Command hook =
        project.hook_command("PreToolUse", tool_call("s1", "Edit", project.at("it's a.py"), "t2", "agent-1"));
    JsonObject input = *std::get<Json>(parse_json(hook.input)).object();
    set_member(input, "cwd", folder);
    hook.input = Json(input).dump();
    const std::string why = denial(Project::answer(run(hook)));
    expect_silence(project.hook("PostToolUse", tool_call("s2", "Edit", project.at("it's a.py"), "t1")));

    const auto follow = [&](const std::string& command) {
      Command shell = project.command("coord-hook");
      shell.argv = {"sh", "-c", command};
      shell.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
      shell.env["CLAUDE_PROJECT_DIR"] = std::nullopt;  // hooks have it, the agent's shell does not
      shell.env["COORD_INSTANCE_ID"] = session;
      shell.cwd = folder;
      return run(shell);
    };
    expect_ok(follow(why.substr(why.rfind("smbatcher coord-lock acquire"))), "OK:acquired:1");
    expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "it's a.py", "t3", "agent-1")));
    expect_silence(project.hook("PostToolUse", tool_call("s1", "Edit", "it's a.py", "t3", "agent-1")));
    EXPECT_NE(denial(project.hook("PreToolUse", tool_call("s1", "Edit", "it's a.py", "t4"))), "");
    const std::size_t release = why.find("smbatcher coord-lock release");
    expect_ok(follow(why.substr(release, why.find('`', release) - release)), "OK:released:1");
    EXPECT_THAT(project.locked(), IsEmpty());
  }
}

TEST(CoordHook, SubagentsOfOneSessionExcludeEachOther) {
  const Project project;
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1", "agent-1")));
  EXPECT_NE(denial(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t2", "agent-2"))), "");
  EXPECT_NE(denial(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t3"))), "");
  EXPECT_THAT(project.instances(), SizeIs(3));
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t4", "agent-1")));

  expect_silence(project.hook("SubagentStop", session_event("s1", "agent-1")));
  EXPECT_THAT(project.instances(), SizeIs(2));
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t5", "agent-2")));
}

TEST(CoordHook, TheEndOfASessionLeavesTheOthersLocks) {
  const Project project;
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "b.py", "t2", "agent-1")));
  expect_silence(project.hook("PreToolUse", tool_call("s2", "Edit", "c.py", "t3")));
  expect_silence(project.hook("SessionEnd", session_event("s1")));
  EXPECT_THAT(project.locked(), ElementsAre("c.py"));
  EXPECT_THAT(project.instances(), SizeIs(1));
  EXPECT_NE(denial(project.hook("PreToolUse", tool_call("s3", "Edit", "c.py", "t4"))), "");
}

TEST(CoordHook, OneToolCallFreesOnlyItsOwnLock) {
  const Project project;
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "b.py", "t2")));
  expect_silence(project.hook("PostToolUse", tool_call("s1", "Edit", "b.py", "t2")));
  EXPECT_THAT(project.locked(), ElementsAre("a.py"));
  expect_silence(project.hook("Stop", session_event("s1")));  // t1 was interrupted and never reported its end
  EXPECT_THAT(project.locked(), IsEmpty());
}

TEST(CoordHook, AnAgentThatDoesNotNumberItsToolCallsFreesThemToo) {
  const Project project;
  const Json call =
      JsonObject{{"session_id", "s1"}, {"tool_name", "Write"}, {"tool_input", JsonObject{{"file_path", "a.py"}}}};
  expect_silence(project.hook("PreToolUse", call));
  EXPECT_THAT(project.locked(), ElementsAre("a.py"));
  expect_silence(project.hook("PostToolUse", call));
  EXPECT_THAT(project.locked(), IsEmpty());
}

TEST(CoordHook, ALockTakenWithCoordLockOutlivesTheToolCallAndItsHashFollowsTheWrite) {
  const Project project;
  project.dir().write("a.py", "old\n");
  expect_silence(project.hook("SessionStart", session_event("s1")));
  const std::string id = instance_of(project);
  ASSERT_EQ(project.run_as(id, "coord-lock", {"acquire", "a.py", "--intent", "Rewrite it", "--ttl", "1h"}).status, 0);

  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
  project.dir().write("a.py", "new\n");
  EXPECT_EQ(project.run_as(id, "coord-lock", {"conflict", "a.py"}).status, 12);
  expect_silence(project.hook("PostToolUse", tool_call("s1", "Edit", "a.py", "t1")));
  EXPECT_EQ(project.run_as(id, "coord-lock", {"conflict", "a.py"}).status, 0);
  EXPECT_THAT(project.locked(), ElementsAre("a.py"));

  project.dir().write("a.py", "somebody else's\n");
  const Json answer = project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t2"));
  EXPECT_EQ(denial(answer), "");
  EXPECT_THAT(text_of(answer, "systemMessage"), HasSubstr("'a.py' has changed since it was locked"));
  // A write that failed says nothing about who changed the file.
  (void)project.hook("PostToolUseFailure", tool_call("s1", "Edit", "a.py", "t2"));
  EXPECT_EQ(project.run_as(id, "coord-lock", {"conflict", "a.py"}).status, 12);

  const std::string why = denial(project.hook("PreToolUse", tool_call("s2", "Edit", "a.py", "t3")));
  EXPECT_THAT(why, HasSubstr("(intent: Rewrite it)"));
  EXPECT_THAT(why, ::testing::AnyOf(HasSubstr(" another 1 h"), HasSubstr(" another 59 min")));
}

TEST(CoordHook, OtherToolsAndPathsOutsideTheProjectPassWithoutALock) {
  const Project project;
  project.dir().make_dir("folder");
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Read", "a.py", "t1")));
  EXPECT_EQ(project
                .hook("PreToolUse", JsonObject{{"session_id", "s1"},
                                               {"tool_name", "Bash"},
                                               {"tool_input", JsonObject{{"command", "echo x > a.py"}}}})
                .dump(),
            R"({"continue":true})");  // it may be Codex's
  for (const std::string& path : std::vector<std::string>{"/tmp/elsewhere.py", "../x.py", project.at("folder"),
                                                          ".claude/coordination/locks/x.json", ""}) {
    expect_silence(project.hook("PreToolUse", tool_call("s1", "Write", path, "t2")));
  }
  EXPECT_THAT(project.locked(), IsEmpty());
}

TEST(CoordHook, EveryToolCallIsAHeartbeat) {
  const Project project;
  expect_silence(project.hook("SessionStart", session_event("s1")));
  const std::string beat = ".claude/coordination/heartbeats/" + instance_of(project) + ".json";
  EXPECT_EQ(number_of(project.file(beat), "ping_count"), 0);
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Read", "a.py", "t1")));
  expect_silence(project.hook("PostToolUse", tool_call("s1", "Read", "a.py", "t1")));
  EXPECT_EQ(number_of(project.file(beat), "ping_count"), 2);
}

TEST(CoordHook, AnInstanceThatWasRemovedAsStaleIsRegisteredAgainUnderItsName) {
  const Project project;
  expect_silence(project.hook("SessionStart", session_event("s1")));
  const std::string id = instance_of(project);
  ASSERT_EQ(project.run_as(id, "coord-instance", {"unregister"}).status, 0);
  ASSERT_THAT(project.instances(), IsEmpty());
  expect_silence(project.hook("PostToolUse", tool_call("s1", "Read", "a.py", "t1")));
  EXPECT_THAT(project.instances(), ElementsAre(id));
}

TEST(CoordHook, AnInheritedNameIsTakenByTheFirstSessionOnly) {
  const Project project;
  const std::string id = "claude-20261120-180000-0123abcd";
  for (const char* const session : {"s1", "s2"}) {
    Command start = project.hook_command("SessionStart", session_event(session));
    start.env["COORD_INSTANCE_ID"] = id;
    expect_silence(Project::answer(run(start)));
  }
  ASSERT_THAT(project.instances(), SizeIs(2));
  EXPECT_EQ(instance_of(project, 0), id);
  EXPECT_NE(instance_of(project, 1), id);
}

TEST(CoordHook, ReadsTheVariablesOfOlderAgents) {
  const Project project;
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
  Command old = project.command("coord-hook", {"PreToolUse"});
  old.env["TOOL_NAME"] = "Write";
  old.env["TOOL_INPUT"] = R"({"file_path":"a.py"})";
  // Nobody can be named as the caller: it can be denied, but not given a lock that nobody could free.
  EXPECT_NE(denial(Project::answer(run(old))), "");
  old.env["TOOL_INPUT"] = R"({"file_path":"b.py"})";
  expect_silence(Project::answer(run(old)));
  EXPECT_THAT(project.locked(), ElementsAre("a.py"));

  old.env["COORD_INSTANCE_ID"] = "claude-20261120-180000-0123abcd";
  expect_silence(Project::answer(run(old)));
  EXPECT_THAT(project.locked(), ElementsAre("a.py", "b.py"));
  old.argv.back() = "PostToolUse";
  expect_silence(Project::answer(run(old)));
  EXPECT_THAT(project.locked(), ElementsAre("a.py"));
}

TEST(CoordHook, TakesTheEventFromTheJsonWhenItIsNotNamed) {
  const Project project;
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
  Command call = project.hook_command("PreToolUse", tool_call("s2", "Edit", "a.py", "t2"));
  call.argv = {tool_path("coord-hook")};
  EXPECT_NE(denial(Project::answer(run(call))), "");
  call.argv = {tool_path("coord-hook"), "--no-such-option", "PreToolUse"};
  const Json answer = Project::answer(run(call));
  EXPECT_NE(denial(answer), "");
  EXPECT_THAT(text_of(answer, "systemMessage"), HasSubstr("--no-such-option"));
}

TEST(CoordHook, WhatItCannotUnderstandLetsTheAgentGoOn) {
  const Project project;
  Command call = project.command("coord-hook", {"PreToolUse"});
  const std::string deep(100000, '[');
  const auto message_for = [&](const std::string& input) {
    call.input = input;
    const Json answer = Project::answer(run(call));
    EXPECT_EQ(answer.find("continue")->boolean(), true);
    return text_of(answer, "systemMessage");
  };
  EXPECT_EQ(message_for(""), "");
  EXPECT_EQ(message_for("{}"), "");
  EXPECT_THAT(message_for("{\"session_id\": oops"), HasSubstr("standard input:1:"));
  EXPECT_THAT(message_for("[1]"), HasSubstr("no JSON object"));
  EXPECT_THAT(message_for(deep), HasSubstr("cannot be read"));
  EXPECT_THAT(message_for(std::string((std::size_t{64} << 20U) + 1, ' ')), HasSubstr("64 MiB"));
  EXPECT_EQ(message_for(R"({"session_id":7,"tool_name":[],"tool_input":"x","cwd":null})"), "");
  call.argv.back() = "NoSuchEvent";
  EXPECT_THAT(message_for("{}"), HasSubstr("NoSuchEvent"));
  call.argv.pop_back();
  EXPECT_THAT(message_for(""), HasSubstr("no hook event"));
  call.argv.push_back("PreToolUse");
  call.env["CLAUDE_PROJECT_DIR"] = "/no/such/folder";
  EXPECT_THAT(message_for("{}"), HasSubstr("/no/such/folder"));
}

TEST(CoordHook, AnInputThatNeverEndsIsNotWaitedFor) {
  const Project project;
  expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
  const Command call = project.hook_command("PreToolUse", tool_call("s2", "Edit", "a.py", "t2"));
  project.dir().write("call.json", call.input);
  Command open = project.command("coord-hook");
  // The writer stays: its end of the pipe is open until the hook has ended and the fifo's shell goes.
  open.argv = {"bash", "-c", "exec 9<>fifo && cat call.json >&9 && \"$0\" PreToolUse <&9", tool_path("coord-hook")};
  ASSERT_EQ(run({.argv = {"mkfifo", project.at("fifo")}}).status, 0);
  EXPECT_NE(denial(Project::answer(run(open))), "");
}

TEST(CoordHook, ADamagedFolderNeverBlocksAndStillProtectsWhatIsHeld) {
  for (const char* const damage : {"", "{\"instances\":7}"}) {
    const Project project;
    expect_silence(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
    project.dir().write(kWorkRegistry, damage);
    EXPECT_NE(denial(project.hook("PreToolUse", tool_call("s2", "Edit", "a.py", "t2"))), "") << damage;
    project.dir().write(kWorkRegistry, damage);
    EXPECT_EQ(denial(project.hook("PreToolUse", tool_call("s2", "Edit", "b.py", "t3"))), "") << damage;
    for (const char* const event : {"SessionStart", "PostToolUse", "Stop", "SubagentStop", "SessionEnd"}) {
      project.dir().write(kWorkRegistry, damage);
      EXPECT_EQ(project.hook(event, tool_call("s2", "Edit", "b.py", "t3")).find("continue")->boolean(), true);
    }
  }
}

TEST(CoordHook, ADamagedMemoryOfSessionsNeverBlocks) {
  const Project project;
  expect_silence(project.hook("SessionStart", session_event("s1")));
  for (const std::string& name : project.dir().list(".claude/coordination/sessions")) {
    project.dir().write(".claude/coordination/sessions/" + name, "{\"instance_id\":\"../x\"}");
  }
  EXPECT_EQ(project.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")).find("continue")->boolean(), true);
  EXPECT_THAT(project.locked(), ElementsAre("a.py"));
}

TEST(CoordHook, WhereNothingCanBeWrittenTheAgentGoesOnAndWhatIsHeldIsDenied) {
  const Project blocked;  // .claude is a file: no folder can be made
  blocked.dir().write(".claude", "");
  for (const char* const event :
       {"SessionStart", "PreToolUse", "PostToolUse", "PostToolUseFailure", "SubagentStop", "Stop", "SessionEnd"}) {
    EXPECT_EQ(blocked.hook(event, tool_call("s1", "Edit", "a.py", "t1")).find("continue")->boolean(), true) << event;
  }

  const Project full;
  expect_silence(full.hook("PreToolUse", tool_call("s1", "Edit", "a.py", "t1")));
  const auto without_space = [&](const std::string& path) {
    Command call = full.hook_command("PreToolUse", tool_call("s2", "Edit", path, "t2"));
    full.dir().write("call.json", call.input);
    call.input.clear();
    call.argv = {"bash", "-c", "(ulimit -f 0; exec \"$0\" PreToolUse < call.json) | cat", tool_path("coord-hook")};
    return Project::answer(run(call));
  };
  EXPECT_NE(denial(without_space("a.py")), "");
  const Json answer = without_space("b.py");
  EXPECT_EQ(denial(answer), "");
  EXPECT_NE(text_of(answer, "systemMessage"), "");
  EXPECT_THAT(full.locked(), ElementsAre("a.py"));
}

TEST(CoordHook, ThirtyTwoSessionsAtOnceOneMayWrite) {
  constexpr int kSessions = 32;
  const Project project;
  std::vector<Command> calls;
  for (int i = 0; i < kSessions; ++i) {
    calls.push_back(project.hook_command("PreToolUse", tool_call("s" + std::to_string(i), "Edit", "a.py", "t")));
  }
  int granted = 0;
  for (const ProcessResult& result : run_together(calls)) {
    granted += denial(Project::answer(result)).empty() ? 1 : 0;
  }
  EXPECT_EQ(granted, 1);
  EXPECT_THAT(project.instances(), SizeIs(kSessions));
}

TEST(CoordHook, TheFirstEventsOfASessionAtOnceAreOneInstance) {
  const Project project;
  std::vector<Command> calls;
  for (int i = 0; i < 16; ++i) {
    calls.push_back(project.hook_command("PreToolUse", tool_call("s1", "Edit", std::to_string(i), std::to_string(i))));
  }
  for (const ProcessResult& result : run_together(calls)) {
    expect_silence(Project::answer(result));
  }
  EXPECT_THAT(project.instances(), SizeIs(1));
  EXPECT_THAT(project.locked(), SizeIs(16));
}

TEST(CoordHook, HelpAndFaultsOfInstallAreThoseOfEveryTool) {
  const Project project;
  EXPECT_THAT(project.run("coord-hook", {"--help"}).out, HasSubstr("smbatcher coord-hook install"));
  const ProcessResult result = project.run("coord-hook", {"install", "--bogus"});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.out, HasSubstr("ERROR:invalid_argument"));
}

}  // namespace
}  // namespace smbatcher::test
