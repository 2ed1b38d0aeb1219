#include <filesystem>

#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The hooks of every agent, fed with inputs as the agents' own pages document them.

/// Any of the forms in which an agent is told that it must not write.
std::string denial_in_any_form(const Json& answer) {
  if (text_of(answer, "decision") == "deny") {
    return text_of(answer, "reason");
  }
  if (text_of(answer, "permission") == "deny") {
    return text_of(answer, "agent_message");
  }
  if (text_of(answer, "permissionDecision") == "deny") {
    return text_of(answer, "permissionDecisionReason");
  }
  return denial(answer);
}

/// A text with every `@` as the project's folder.
std::string in_project(const Project& project, std::string text) {
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@')) {
    text.replace(at, 1, project.dir().path());
  }
  return text;
}

Json hook_answer(const Project& project, const std::string& input, const std::vector<std::string>& args = {}) {
  Command call = project.command("coord-hook", args);
  call.env["CLAUDE_PROJECT_DIR"] = std::nullopt;
  call.cwd = "/";
  call.input = in_project(project, input);
  return Project::answer(run(call));
}

struct AgentCase {
  const char* name;
  const char* before;             // a tool call that writes src/a.py; `@` is the project's folder
  const char* after;              // the same when it is over
  const char* allowed;            // what an agent that may go on is answered
  std::vector<std::string> args;  // what its hooks are called with beside the event
  const char* event;              // for an agent whose JSON does not name it
};

const std::vector<AgentCase>& agents() {
  static const std::vector<AgentCase> cases{
      {"claude",
       R"({"session_id":"s","cwd":"@","hook_event_name":"PreToolUse","tool_name":"Edit","tool_input":{"file_path":"@/src/a.py"},"tool_use_id":"t"})",
       R"({"session_id":"s","cwd":"@","hook_event_name":"PostToolUse","tool_name":"Edit","tool_input":{"file_path":"@/src/a.py"},"tool_use_id":"t"})",
       R"({"continue":true,"suppressOutput":true})",
       {},
       ""},
      {"codex",
       R"({"session_id":"s","turn_id":"u","transcript_path":null,"cwd":"@","hook_event_name":"PreToolUse","model":"m","permission_mode":"default","tool_name":"apply_patch","tool_input":{"command":"*** Begin Patch\n*** Update File: src/a.py\n@@\n-1\n+2\n*** End Patch\n"},"tool_use_id":"t"})",
       R"({"session_id":"s","turn_id":"u","cwd":"@","hook_event_name":"PostToolUse","model":"m","tool_name":"apply_patch","tool_input":{"command":"*** Begin Patch\n*** Update File: src/a.py\n*** End Patch\n"},"tool_response":"done","tool_use_id":"t"})",
       R"({"continue":true})",
       {},
       ""},
      {"gemini",
       R"({"session_id":"s","transcript_path":"/t","cwd":"@","hook_event_name":"BeforeTool","timestamp":"2026-11-20T10:00:00Z","tool_name":"replace","tool_input":{"file_path":"src/a.py","old_string":"1","new_string":"2"}})",
       R"({"session_id":"s","cwd":"@","hook_event_name":"AfterTool","tool_name":"replace","tool_input":{"file_path":"src/a.py"},"tool_response":{"llmContent":"ok","returnDisplay":"ok"}})",
       R"({"continue":true})",
       {},
       ""},
      {"cursor",
       R"({"conversation_id":"s","generation_id":"g","hook_event_name":"preToolUse","cursor_version":"2.4","workspace_roots":["@"],"tool_name":"Write","tool_input":{"file_path":"@/src/a.py","content":"x"},"tool_use_id":"t"})",
       R"({"conversation_id":"s","hook_event_name":"postToolUse","workspace_roots":["@"],"tool_name":"Write","tool_input":{"file_path":"@/src/a.py"},"tool_output":"{}","tool_use_id":"t"})",
       R"({"continue":true})",
       {},
       ""},
      {"copilot",
       R"({"sessionId":"s","timestamp":1704614600000,"cwd":"@","toolName":"edit","toolArgs":"{\"path\":\"@/src/a.py\",\"old_str\":\"1\",\"new_str\":\"2\"}"})",
       R"({"sessionId":"s","cwd":"@","toolName":"edit","toolArgs":"{\"path\":\"@/src/a.py\"}","toolResult":{"resultType":"success","textResultForLlm":"ok"}})",
       R"({"continue":true})",
       {},
       "ToolUse"},
      {"vscode",
       R"({"timestamp":"2026-11-20T10:00:00Z","cwd":"@","sessionId":"s","hookEventName":"PreToolUse","tool_name":"replace_string_in_file","tool_input":{"filePath":"@/src/a.py","oldString":"1","newString":"2"},"tool_use_id":"t"})",
       R"({"cwd":"@","sessionId":"s","hookEventName":"PostToolUse","tool_name":"replace_string_in_file","tool_input":{"filePath":"@/src/a.py"},"tool_use_id":"t","tool_response":"File edited"})",
       R"({"continue":true})",
       {},
       ""},
      {"opencode",
       R"({"tool":"edit","sessionID":"s","callID":"t","args":{"filePath":"@/src/a.py"},"directory":"@"})",
       R"({"tool":"edit","sessionID":"s","callID":"t","args":{"filePath":"@/src/a.py"},"directory":"@"})",
       R"({"continue":true})",
       {"--agent", "opencode"},
       "ToolUse"},
  };
  return cases;
}

std::vector<std::string> arguments(const AgentCase& agent, bool before) {
  std::vector<std::string> args = agent.args;
  if (const std::string event = agent.event; !event.empty()) {
    const bool is_copilot = agent.name == std::string("copilot");
    args.insert(args.begin(), (is_copilot ? (before ? "pre" : "post") : (before ? "Pre" : "Post")) + event);
  }
  return args;
}

class Agents : public TwoAgents {};

TEST_F(Agents, EachIsDeniedAHeldFileInItsOwnForm) {
  ASSERT_EQ(run({.argv = {"git", "init", "-q", project.dir().path()}}).status, 0);
  ASSERT_EQ(lock(kAnna, {"acquire", "src/a.py", "--intent", "New grammar"}).status, 0);
  for (const AgentCase& agent : agents()) {
    const Json answer = hook_answer(project, agent.before, arguments(agent, true));
    EXPECT_THAT(denial_in_any_form(answer), HasSubstr("'src/a.py' is locked by instance " + std::string(kAnna)))
        << agent.name << answer.dump();
    // The same without being recognised: the name is told.
    std::vector<std::string> named = arguments(agent, true);
    named.insert(named.end(), {"--agent", agent.name});
    EXPECT_EQ(denial_in_any_form(hook_answer(project, agent.before, named)), denial_in_any_form(answer)) << agent.name;
  }
}

TEST_F(Agents, EachLocksWhatItWritesForThatCallAndIsAnsweredWhatItAccepts) {
  ASSERT_EQ(run({.argv = {"git", "init", "-q", project.dir().path()}}).status, 0);
  for (const AgentCase& agent : agents()) {
    EXPECT_EQ(hook_answer(project, agent.before, arguments(agent, true)).dump(), agent.allowed) << agent.name;
    EXPECT_THAT(project.locked(), ElementsAre("src/a.py")) << agent.name;
    EXPECT_EQ(hook_answer(project, agent.after, arguments(agent, false)).dump(), agent.allowed) << agent.name;
    EXPECT_THAT(project.locked(), IsEmpty()) << agent.name;
  }
}

/// Calls of a tool, and which files they lock.
TEST_F(Agents, EveryFileThatACallNamesIsLockedAndDenied) {
  ASSERT_EQ(run({.argv = {"git", "init", "-q", project.dir().path()}}).status, 0);
  const std::string head = R"({"session_id":"s","cwd":"@","hook_event_name":"PreToolUse","tool_use_id":"t",)";
  for (
      const auto& [call, files] : std::vector<std::pair<std::string, std::vector<std::string>>>{
          {R"("tool_name":"apply_patch","tool_input":{"command":"*** Begin Patch\n*** Add File: n.py\n+*** Delete File: no.py\n*** Delete File: src/d.py\n*** Update File: u.py\r\n*** Move to: m/v.py\n*** End Patch"})",
           {"m/v.py", "n.py", "src/d.py", "u.py"}},
          {R"("tool_name":"shell","tool_input":{"command":["apply_patch","*** Begin Patch\n*** Update File: a.py\n*** End Patch"]})",
           {"a.py"}},
          {R"("tool_name":"Bash","tool_input":{"command":"apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a.py\n*** End Patch\nEOF"})",
           {"a.py"}},
          {R"("tool_name":"shell","tool_input":{"workdir":"src","command":["apply_patch","*** Begin Patch\n*** Update File: a.py\n*** End Patch"]})",
           {"src/a.py"}},
          {R"("tool_name":"Bash","tool_input":{"command":"cd 'src/x' && apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a.py\n*** End Patch\nEOF"})",
           {"src/x/a.py"}},
          {R"("tool_name":"Bash","tool_input":{"command":"cat a.py"})", {}},
          {R"("tool_name":"mcp__files__write_file","tool_input":{"path":"a.py","content":"*** Begin Patch\n*** Add File: n.py"})",
           {"a.py"}},
          {R"("tool_name":"mcp__files__move_file","tool_input":{"source":"a.py","destination":"b.py"})",
           {"a.py", "b.py"}},
          {R"("tool_name":"mcp__files__read_file","tool_input":{"path":"a.py"})", {}},
          {R"("tool_name":"mcp__serena__replace_symbol_body","tool_input":{"relative_path":"a.py","body":"x"})",
           {"a.py"}},
          {R"("tool_name":"mcp__lsp__applyEdit","tool_input":{"uri":"file://@/a%20b.py"})", {"a b.py"}},
          {R"("tool_name":"mcp__github__create_or_update_file","tool_input":{"owner":"o","repo":"r","path":"a.py"})",
           {}},
          {R"("tool_name":"multi_replace_string_in_file","tool_input":{"replacements":[{"filePath":"@/a.py"},{"filePath":"@/b.py"}]})",
           {"a.py", "b.py"}},
          {R"("tool_name":"editFiles","tool_input":{"files":["a.py","b.py"]})", {"a.py", "b.py"}},
          {R"("tool_name":"str_replace_editor","tool_input":{"command":"view","path":"a.py"})", {}},
          {R"("tool_name":"str_replace_editor","tool_input":{"command":"create","path":"a.py"})", {"a.py"}},
          {R"("toolName":"apply_patch","toolArgs":"*** Begin Patch\n*** Add File: a.py\n+1\n*** End Patch")", {"a.py"}},
      }) {
    EXPECT_EQ(denial_in_any_form(hook_answer(project, head + call + "}")), "") << call;
    EXPECT_THAT(project.locked(), ::testing::ElementsAreArray(files)) << call;
    for (const std::string& file : files) {
      const std::string other =
          "{\"session_id\":\"other\"" + (head + call).substr(std::string("{\"session_id\":\"s\"").size());
      EXPECT_THAT(denial_in_any_form(hook_answer(project, other + "}")), HasSubstr("is locked by instance"))
          << file << call;
    }
    (void)hook_answer(project, R"({"session_id":"s","cwd":"@","hook_event_name":"Stop"})");
    EXPECT_THAT(project.locked(), IsEmpty());
  }
}

TEST_F(Agents, OfSeveralFilesAllAreLockedOrNone) {
  ASSERT_EQ(run({.argv = {"git", "init", "-q", project.dir().path()}}).status, 0);
  ASSERT_EQ(lock(kAnna, {"acquire", "b.py"}).status, 0);
  const Json answer = hook_answer(
      project,
      R"({"session_id":"s","cwd":"@","hook_event_name":"PreToolUse","tool_name":"apply_patch","tool_use_id":"t","tool_input":{"command":"*** Begin Patch\n*** Update File: a.py\n*** Update File: b.py\n*** End Patch"}})");
  EXPECT_THAT(denial(answer), HasSubstr("'b.py' is locked"));
  EXPECT_THAT(project.locked(), ElementsAre("b.py"));
}

TEST_F(Agents, ALockIsFreedAlsoWhereTheCallMadeAFolder) {
  ASSERT_EQ(run({.argv = {"git", "init", "-q", project.dir().path()}}).status, 0);
  const std::string call =
      R"("session_id":"s","cwd":"@","tool_name":"mcp__files__create_directory","tool_input":{"path":"new"},"tool_use_id":"t"})";
  (void)hook_answer(project, R"({"hook_event_name":"PreToolUse",)" + call);
  EXPECT_THAT(project.locked(), ElementsAre("new"));
  project.dir().make_dir("new");
  (void)hook_answer(project, R"({"hook_event_name":"PostToolUse",)" + call);
  EXPECT_THAT(project.locked(), IsEmpty());
}

TEST_F(Agents, CodexIsNeverToldToSuppressOutput) {
  for (const char* const event : {"PreToolUse", "PostToolUse"}) {
    for (const char* const tool : {"Bash", "apply_patch", "mcp__files__write_file"}) {
      const Json answer = hook_answer(project, R"({"session_id":"s","cwd":"@","hook_event_name":")" +
                                                   std::string(event) + R"(","tool_name":")" + tool +
                                                   R"(","tool_input":{"command":"ls"},"tool_use_id":"t"})");
      EXPECT_EQ(answer.find("suppressOutput"), nullptr) << event << tool;
    }
  }
}

TEST_F(Agents, AWritingToolWhoseInputIsUnknownPassesWithANote) {
  const Json answer = hook_answer(
      project,
      R"({"session_id":"s","cwd":"@","hook_event_name":"PreToolUse","tool_name":"Write","tool_input":{"where":"a.py"}})");
  EXPECT_EQ(denial_in_any_form(answer), "");
  EXPECT_THAT(text_of(answer, "systemMessage"), HasSubstr("'Write'"));
}

TEST_F(Agents, InstallWritesTheFileOfEachAndTwiceChangesNothing) {
  for (const auto& [agent, file] :
       std::vector<std::pair<std::string, std::string>>{{"codex", ".codex/hooks.json"},
                                                        {"gemini", ".gemini/settings.json"},
                                                        {"cursor", ".cursor/hooks.json"},
                                                        {"copilot", ".github/hooks/smbatcher.json"},
                                                        {"vscode", ".github/hooks/smbatcher.json"},
                                                        {"opencode", ".opencode/plugin/smbatcher.js"}}) {
    const Project fresh;
    if (agent == "gemini") {
      fresh.dir().write(file, "{\r\n  \"theme\": \"dark\"\r\n}\r\n");
    }
    expect_ok(fresh.run("coord-hook", {"install", "--agent", agent}), "OK:installed");
    const std::string text = fresh.dir().read(file);
    EXPECT_THAT(text, HasSubstr("coord-hook")) << agent;
    EXPECT_FALSE(fresh.dir().exists(".claude/settings.json"));
    EXPECT_FALSE(fresh.dir().exists(".claude/hooks"));
    expect_ok(fresh.run("coord-hook", {"install", "--agent", agent}), "OK:installed");
    EXPECT_EQ(fresh.dir().read(file), text);
    EXPECT_EQ(agent == "gemini", text.starts_with("{\r\n  \"theme\": \"dark\",\r\n  \"hooks\": {\r\n")) << text;
  }
  EXPECT_EQ(project.run("coord-hook", {"install", "--agent", "emacs"}).status, 2);
}

TEST_F(Agents, TheCommandsThatAreInstalledDenyAndDoNothingWithoutSmbatcher) {
  ASSERT_EQ(lock(kAnna, {"acquire", "src/a.py"}).status, 0);
  for (const auto& [agent, file, event] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"codex", ".codex/hooks.json", "PreToolUse"},
           {"gemini", ".gemini/settings.json", "BeforeTool"},
           {"cursor", ".cursor/hooks.json", "preToolUse"},
           {"copilot", ".github/hooks/smbatcher.json", "preToolUse"}}) {
    expect_ok(project.run("coord-hook", {"install", "--agent", agent}), "OK:installed");
    const Json hook = (*project.file(file).find("hooks")->find(event)->array())[0];
    const Json* const nested = hook.find("hooks");
    const Json& entry = nested == nullptr ? hook : (*nested->array())[0];
    const auto found = std::find_if(agents().begin(), agents().end(),
                                    [&name = agent](const AgentCase& each) { return each.name == name; });
    Command call = project.command("coord-hook");
    call.argv = {"sh", "-c", text_of(entry, agent == "copilot" ? "bash" : "command")};
    call.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
    call.input = in_project(project, found->before);
    EXPECT_THAT(denial_in_any_form(Project::answer(run(call))), HasSubstr("is locked")) << agent;
    call.env["PATH"] = "/usr/bin:/bin";
    const ProcessResult without = run(call);
    EXPECT_EQ(without.status, 0);
    EXPECT_EQ(without.out + without.err, "");
  }
}

TEST_F(Agents, TheOpenCodePluginThrowsTheDenialAndFreesAfterTheCall) {
  if (run({.argv = {"sh", "-c", "command -v node"}}).status != 0) {
    GTEST_SKIP() << "without Node.js no plugin runs";
  }
  ASSERT_EQ(lock(kAnna, {"acquire", "held.py"}).status, 0);
  expect_ok(project.run("coord-hook", {"install", "--agent", "opencode"}), "OK:installed");
  project.dir().write("plugin.mjs", project.dir().read(".opencode/plugin/smbatcher.js"));
  project.dir().write("try.mjs", R"(
import { existsSync, readdirSync } from "node:fs";
import { SmbatcherCoordination } from "./plugin.mjs";
const locks = () => readdirSync(".claude/coordination/locks").filter((name) => name.endsWith(".json")).length;
const hooks = await SmbatcherCoordination({ directory: process.cwd() });
const call = (callID) => ({ tool: "edit", sessionID: "s", callID });
try {
  await hooks["tool.execute.before"](call("1"), { args: { filePath: "held.py" } });
  console.log("passed");
} catch (error) {
  console.log("denied", error.message.includes("'held.py' is locked"));
}
await hooks["tool.execute.before"](call("2"), { args: { filePath: "free.py" } });
console.log("locks", locks());
await hooks["tool.execute.after"](call("2"), {});
console.log("locks", locks());
await hooks["tool.execute.before"](call("3"), { args: { filePath: "free.py" } });
await hooks.event({ event: { type: "session.idle", properties: { sessionID: "s" } } });
console.log("locks", locks());
)");
  Command node = project.command("coord-hook");
  node.argv = {"node", "try.mjs"};
  node.env["PATH"] = bin_dir() + ":" + std::string(std::getenv("PATH"));
  const ProcessResult result = run(node);
  EXPECT_EQ(result.out, "denied true\nlocks 2\nlocks 1\nlocks 1\n") << result.err;
}

// ---- work trees
// -------------------------------------------------------------------------------------------------------

/// A repository with a linked work tree beside it and one inside it.
class WorkTrees : public ::testing::Test {
 protected:
  WorkTrees() {
    main.dir().write("all/main/src/a.py", "1\n");
    git({"init", "-q"}, "all/main");
    git({"add", "."}, "all/main");
    git({"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "first"}, "all/main");
    git({"worktree", "add", "-q", main.at("all/beside"), "-b", "beside"}, "all/main");
    git({"worktree", "add", "-q", main.at("all/main/.trees/inside"), "-b", "inside"}, "all/main");
  }

  void git(std::vector<std::string> args, const std::string& folder) const {
    args.insert(args.begin(), {"git", "-C", main.at(folder)});
    const ProcessResult result = run({.argv = args});
    ASSERT_EQ(result.status, 0) << result.err;
  }

  /// The answer to an agent of the tree `tree` that is about to write `path`.
  std::string asks(const std::string& tree, const std::string& session, const std::string& path,
                   const std::string& event = "PreToolUse") const {
    Command call = main.hook_command(event, tool_call(session, "Edit", path, "t"));
    call.env["CLAUDE_PROJECT_DIR"] = main.at(tree);
    call.cwd = main.at(tree);
    JsonObject input = *std::get<Json>(parse_json(call.input)).object();
    set_member(input, "cwd", main.at(tree));
    call.input = Json(input).dump();
    return denial(Project::answer(run(call)));
  }

  Project main;
};

TEST_F(WorkTrees, WhatIsHeldInOneTreeIsDeniedToTheAgentsOfEveryOther) {
  const std::vector<std::string> trees{"all/main", "all/beside", "all/main/.trees/inside"};
  for (const std::string& holder : trees) {
    const std::string file = main.at(holder + "/src/a.py");
    EXPECT_EQ(asks(holder, "holder-" + holder, file), "");
    for (const std::string& writer : trees) {
      EXPECT_THAT(asks(writer, "writer-" + writer, file), HasSubstr("is locked by instance")) << holder << writer;
    }
    EXPECT_EQ(asks(holder, "holder-" + holder, file, "PostToolUse"), "");
  }
}

TEST_F(WorkTrees, WhatAnAgentWritesInAnotherTreeIsLockedThere) {
  const std::vector<std::string> trees{"all/main", "all/beside", "all/main/.trees/inside"};
  for (const std::string& tree : trees) {
    EXPECT_EQ(asks(tree, "own-" + tree, main.at(tree + "/x.py")), "");  // each has agents
    EXPECT_EQ(asks(tree, "own-" + tree, main.at(tree + "/x.py"), "PostToolUse"), "");
  }
  for (const std::string& writer : trees) {
    for (const std::string& owner : trees) {
      const std::string file = main.at(owner + "/src/a.py");
      EXPECT_EQ(asks(writer, "guest", file), "") << writer << owner;
      EXPECT_THAT(asks(owner, "own-" + owner, file), HasSubstr("is locked by instance")) << writer << owner;
      EXPECT_EQ(asks(writer, "guest", file, "PostToolUse"), "");
      EXPECT_EQ(asks(owner, "own-" + owner, file), "") << writer << owner;
      EXPECT_EQ(asks(owner, "own-" + owner, file, "PostToolUse"), "");
    }
  }
}

TEST_F(WorkTrees, TheAdviceOfADenialWorksFromTheOtherTree) {
  const std::string file = main.at("all/main/src/a.py");
  EXPECT_EQ(asks("all/main", "holder", file), "");
  const std::string why = asks("all/beside", "guest", file);
  EXPECT_EQ(asks("all/main", "holder", file, "PostToolUse"), "");
  Command shell = main.command("coord-hook");
  shell.argv = {"sh", "-c", why.substr(why.rfind("smbatcher coord-lock acquire"))};
  shell.env["PATH"] = bin_dir() + ":/usr/bin:/bin";
  shell.env["CLAUDE_PROJECT_DIR"] = std::nullopt;
  shell.cwd = main.at("all/beside");
  expect_ok(run(shell), "OK:acquired:1");
  EXPECT_EQ(asks("all/beside", "guest", file), "");
  EXPECT_THAT(asks("all/main", "holder", file), HasSubstr("is locked"));
}

}  // namespace
}  // namespace smbatcher::test
