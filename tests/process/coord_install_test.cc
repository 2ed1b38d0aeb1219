#include <sys/stat.h>

#include <filesystem>

#include "tests/process/coord_hook_support.h"
#include "tests/support/listing.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kSettings = ".claude/settings.json";

Listing listing_of(const Project& project) { return listing(project.dir().path()); }

/// A stub as the agent's shell finds it: with our tools on PATH.
Command stub(const Project& project, const std::string& path, const std::vector<std::string>& args = {}) {
  Command call = project.command("coord-hook");
  call.argv = {project.at(path)};
  call.argv.insert(call.argv.end(), args.begin(), args.end());
  call.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
  return call;
}

std::vector<std::string> commands_of(const Json& settings, const std::string& event) {
  std::vector<std::string> commands;
  for (const Json& group : *settings.find("hooks")->find(event)->array()) {
    for (const Json& hook : *group.find("hooks")->array()) {
      commands.push_back(text_of(hook, "command"));
    }
  }
  return commands;
}

TEST(CoordInstall, LaysOutThePathsOfTheScriptsAndIsIdempotent) {
  const Project project;
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  for (const char* const path :
       {".claude/coordination/bin/coord-status", ".claude/coordination/bin/coord-lock",
        ".claude/coordination/bin/coord-decisions", ".claude/hooks/lifecycle/coordination-init.sh",
        ".claude/hooks/lifecycle/coordination-cleanup.sh", ".claude/hooks/pretool/write-edit/file-lock-check.sh",
        ".claude/hooks/posttool/write-edit/file-lock-release.sh", ".claude/hooks/posttool/coordination-heartbeat.sh"}) {
    struct stat status {};
    ASSERT_EQ(::stat(project.at(path).c_str(), &status), 0) << path;
    EXPECT_NE(status.st_mode & S_IXUSR, 0U) << path;
  }
  for (const char* const schema : {"work-registry", "file-lock", "decision-log", "heartbeat"}) {
    EXPECT_TRUE(project.file(".claude/coordination/schemas/" + std::string(schema) + ".schema.json").is_object());
  }
  EXPECT_THAT(project.dir().read(".claude/coordination/lib/coordination.sh"), HasSubstr("coord_acquire_lock"));

  const Listing before = listing_of(project);
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  EXPECT_EQ(difference(before, listing_of(project)), "");
}

TEST(CoordInstall, KeepsWhatIsInTheSettings) {
  const Project project;
  const std::string theirs = R"({
    "zeta": {"b": 1, "a": [1.5, null, "ä"]},
    "hooks": {
        "Notification": [{"hooks": [{"type": "command", "command": "bell"}]}],
        "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "guard.sh", "timeout": 5}]}]
    },
    "alpha": true
})";
  project.dir().write(kSettings, theirs);
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  const Json settings = project.file(kSettings);
  EXPECT_EQ(settings.find("zeta")->dump(), R"({"b":1,"a":[1.5,null,"ä"]})");
  EXPECT_EQ((*settings.object())[0].first, "zeta");
  EXPECT_EQ((*settings.object())[1].first, "hooks");
  EXPECT_EQ((*settings.object())[2].first, "alpha");
  EXPECT_EQ((*settings.find("hooks")->object())[0].first, "Notification");
  const JsonArray& groups = *settings.find("hooks")->find("PreToolUse")->array();
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].dump(), R"({"matcher":"Bash","hooks":[{"type":"command","command":"guard.sh","timeout":5}]})");
  EXPECT_EQ(text_of(groups[1], "matcher"), "Write|Edit|MultiEdit|NotebookEdit|mcp__.*");
  EXPECT_FALSE(project.dir().exists(".claude/.settings.json.prev"));
  EXPECT_FALSE(project.dir().read(kSettings).ends_with('\n'));  // theirs had none

  const std::string merged = project.dir().read(kSettings);
  EXPECT_TRUE(merged.starts_with(theirs.substr(0, theirs.find("]\n    },\n    \"alpha\"")))) << merged;
  EXPECT_TRUE(merged.ends_with("\n    },\n    \"alpha\": true\n}")) << merged;
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  EXPECT_EQ(project.dir().read(kSettings), merged);
}

TEST(CoordInstall, InstallsNoEventThatMakesAnOlderAgentDropTheFileUnlessAsked) {
  const Project project;
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  const Json settings = project.file(kSettings);
  for (const auto& [event, groups] : *settings.find("hooks")->object()) {
    EXPECT_THAT((std::vector<std::string>{"PreToolUse", "PostToolUse", "Notification", "UserPromptSubmit", "Stop",
                                          "SubagentStop", "PreCompact", "SessionStart", "SessionEnd"}),
                ::testing::Contains(event));
  }
  const ProcessResult unknown = project.run("coord-hook", {"install", "--events", "Nonsense"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.out, HasSubstr("PostToolUseFailure"));

  const Json asked = json(project.run("coord-hook", {"install", "--events", "PostToolUseFailure", "--json"}));
  EXPECT_EQ(asked.find("hooks_added")->dump(), R"(["PostToolUseFailure"])");
  EXPECT_THAT(project.run("coord-hook", {"install"}).out, HasSubstr("later_event"));
  EXPECT_EQ(project.run("coord-hook", {"install", "--events", "all"}).out.find("later_event"), std::string::npos);
}

TEST(CoordInstall, FollowsASymbolicLinkToTheSettings) {
  const Project project;
  project.dir().write("dotfiles/claude.json", "{\n  \"a\": 1\n}\n");
  project.dir().make_dir(".claude");
  std::filesystem::create_symlink("../dotfiles/claude.json", project.at(kSettings));
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  EXPECT_TRUE(std::filesystem::is_symlink(project.at(kSettings)));
  EXPECT_THAT(project.dir().read("dotfiles/claude.json"), HasSubstr("coordination-init.sh"));
  EXPECT_THAT(project.dir().list("dotfiles"), SizeIs(1));
}

TEST(CoordInstall, WarnsOfSettingsThatSwitchAllHooksOff) {
  for (const char* const path :
       {".claude/settings.json", ".claude/settings.local.json", "home/.claude/settings.json"}) {
    const Project project;
    project.dir().write(path, "{\"disableAllHooks\": true}");
    Command call = project.command("coord-hook", {"install"});
    call.env["HOME"] = project.at("home");
    call.env["CLAUDE_CONFIG_DIR"] = std::nullopt;
    const ProcessResult result = run(call);
    expect_ok(result, "OK:installed");
    EXPECT_THAT(result.out, HasSubstr("disableAllHooks")) << path;
    EXPECT_THAT(result.out, HasSubstr(path));
  }
  const Project project;
  project.dir().write(kSettings, "{\"disableAllHooks\": false}");
  EXPECT_EQ(project.run("coord-hook", {"install"}).out.find("disableAllHooks"), std::string::npos);
}

TEST(CoordInstall, AddsOnlyTheHooksThatAreMissing) {
  const Project project;
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  Json settings = project.file(kSettings);
  JsonObject hooks = *settings.find("hooks")->object();
  std::erase_if(hooks, [](const auto& member) { return member.first == "Stop"; });
  set_member(
      hooks, "SessionStart",
      JsonArray{(*settings.find("hooks")->find("SessionStart")->array())[0], JsonObject{{"hooks", JsonArray{}}}});
  project.dir().write(kSettings, Json(JsonObject{{"hooks", hooks}}).pretty());
  const Json answer = json(project.run("coord-hook", {"install", "--json"}));
  EXPECT_EQ(answer.find("hooks_added")->dump(), R"(["Stop"])");
  settings = project.file(kSettings);
  EXPECT_THAT(commands_of(settings, "SessionStart"), SizeIs(1));
  EXPECT_THAT(commands_of(settings, "Stop"), SizeIs(1));
}

TEST(CoordInstall, RefusesBrokenSettingsAndLeavesEverythingAlone) {
  for (const auto& [text, line] :
       std::vector<std::pair<std::string, std::string>>{{"{\n  \"hooks\": {,}\n}", "ERROR:invalid_json:"},
                                                        {"", "ERROR:invalid_json:"},
                                                        {"[]", "ERROR:invalid_json:"},
                                                        {"{\"hooks\": []}", "ERROR:settings_invalid"},
                                                        {"{\"hooks\": {\"Stop\": {}}}", "ERROR:settings_invalid"}}) {
    const Project project;
    project.dir().write(kSettings, text);
    const ProcessResult result = project.run("coord-hook", {"install"});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.out, ::testing::StartsWith(line)) << text;
    EXPECT_EQ(project.dir().read(kSettings), text);
    EXPECT_FALSE(project.dir().exists(".claude/hooks"));
  }
  const Project project;
  project.dir().write(kSettings, "{\n  \"hooks\": {,}\n}");
  EXPECT_THAT(project.run("coord-hook", {"install"}).out, HasSubstr("settings.json:2:13"));
}

TEST(CoordInstall, AFileThatSaysSomethingElseIsRefusedAndKeptWithForce) {
  const Project project;
  const std::string path = ".claude/hooks/lifecycle/coordination-init.sh";
  project.dir().write(path, "#!/bin/sh\necho mine\n");
  const ProcessResult refused = project.run("coord-hook", {"install"});
  expect_fail(refused, "FAIL:files_differ");
  EXPECT_THAT(refused.out, HasSubstr(path));
  EXPECT_FALSE(project.dir().exists(kSettings));

  const Json answer = json(project.run("coord-hook", {"install", "--force", "--json"}));
  EXPECT_EQ(answer.find("replaced")->dump(), "[\"" + path + "\"]");
  const std::string kept = *(*answer.find("kept")->array())[0].string();
  EXPECT_EQ(project.dir().read(std::filesystem::path(kept).lexically_relative(project.dir().path()).string()),
            "#!/bin/sh\necho mine\n");
  EXPECT_THAT(project.dir().read(path), HasSubstr("coord-hook SessionStart"));
}

TEST(CoordInstall, ADryRunChangesNothing) {
  const Project project;
  project.dir().write(kSettings, "{}");
  const Listing before = listing_of(project);
  const Json answer = json(project.run("coord-hook", {"install", "--dry-run", "--json"}));
  EXPECT_EQ(text_of(answer, "would"), "installed");
  EXPECT_THAT(*answer.find("created")->array(), ::testing::Not(IsEmpty()));
  EXPECT_EQ(difference(before, listing_of(project)), "");
}

TEST(CoordInstall, SeveralAtOnceLayOutOneInstallation) {
  const Project project;
  const std::vector<Command> calls(8, project.command("coord-hook", {"install"}));
  for (const ProcessResult& result : run_together(calls)) {
    expect_ok(result, "OK:installed");
  }
  EXPECT_THAT(commands_of(project.file(kSettings), "PreToolUse"), SizeIs(1));
}

TEST(CoordInstall, EveryHookStubDoesItsEventsWork) {
  const Project project;
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  const auto call = [&](const std::string& name, const Json& input) {
    Command command = stub(project, ".claude/hooks/" + name);
    command.env["CLAUDE_PROJECT_DIR"] = std::nullopt;  // the stub knows where it lies
    command.cwd = "/";
    command.input = input.dump();
    return Project::answer(run(command));
  };
  expect_silence(call("lifecycle/coordination-init.sh", session_event("s1")));
  ASSERT_THAT(project.instances(), SizeIs(1));
  const Json write = tool_call("s1", "Write", project.at("a.py"), "t1");
  expect_silence(call("pretool/write-edit/file-lock-check.sh", write));
  EXPECT_NE(denial(call("pretool/write-edit/file-lock-check.sh", tool_call("s2", "Edit", project.at("a.py"), "t2"))),
            "");
  expect_silence(call("posttool/write-edit/file-lock-release.sh", write));
  expect_silence(call("posttool/coordination-heartbeat.sh", write));
  EXPECT_THAT(project.locked(), IsEmpty());
  expect_silence(call("pretool/write-edit/file-lock-check.sh", write));
  expect_silence(call("posttool/coordination-failure.sh", write));
  EXPECT_THAT(project.locked(), IsEmpty());
  expect_silence(call("pretool/write-edit/file-lock-check.sh", write));
  expect_silence(call("lifecycle/coordination-prompt.sh", session_event("s1")));  // a call that a person denied
  EXPECT_THAT(project.locked(), IsEmpty());
  expect_silence(call("pretool/write-edit/file-lock-check.sh", write));
  expect_silence(call("lifecycle/coordination-stop.sh", session_event("s1")));
  EXPECT_THAT(project.locked(), IsEmpty());
  expect_silence(call("posttool/coordination-heartbeat.sh", tool_call("s1", "Read", "x", "t9", "agent-1")));
  EXPECT_THAT(project.instances(), SizeIs(3));
  expect_silence(call("lifecycle/coordination-subagent-stop.sh", session_event("s1", "agent-1")));
  EXPECT_THAT(project.instances(), SizeIs(2));
  expect_silence(call("lifecycle/coordination-cleanup.sh", session_event("s1")));
  EXPECT_THAT(project.instances(), SizeIs(1));
}

TEST(CoordInstall, EveryCommandStubRunsItsTool) {
  const Project project;
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  for (const char* const name : {"coord-status", "coord-lock", "coord-decisions", "coord-instance"}) {
    Command call = stub(project, ".claude/coordination/bin/" + std::string(name), {"--help"});
    EXPECT_THAT(run(call).out, HasSubstr(name));
  }
  Command list = stub(project, ".claude/coordination/bin/coord-lock", {"list"});
  list.env["CLAUDE_PROJECT_DIR"] = std::nullopt;
  list.cwd = "/";
  EXPECT_EQ(run(list).status, 0);
}

TEST(CoordInstall, WithoutSmbatcherEveryStubLetsTheAgentGoOn) {
  const Project project;
  expect_ok(project.run("coord-hook", {"install"}), "OK:installed");
  int stubs = 0;
  for (const auto& [path, text] : listing_of(project)) {
    const bool is_hook = path.starts_with(".claude/hooks/") && path.ends_with(".sh");
    if (is_hook || path.starts_with(".claude/coordination/bin/coord-")) {
      ++stubs;
      Command call = stub(project, path, {"list"});
      call.env["PATH"] = "/usr/bin:/bin";
      call.input = tool_call("s1", "Write", "a.py", "t1").dump();
      const ProcessResult result = run(call);
      EXPECT_EQ(result.status, 0) << path;
      EXPECT_EQ(result.err, "") << path;
      EXPECT_EQ(result.out.empty(), is_hook) << path;  // a person at a command is told that nothing is locked
    }
  }
  EXPECT_EQ(stubs, 13);
}

}  // namespace
}  // namespace smbatcher::test
