#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/process.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tools.h"

namespace smbatcher::test {

/// A project without a git repository, and an agent's hooks in it.
class Project {
 public:
  const TempDir& dir() const { return dir_; }
  std::string at(std::string_view name) const { return dir_.at(name); }

  /// The tool at the project's root, without anything of the caller's own surroundings.
  Command command(std::string_view tool, const std::vector<std::string>& args = {}) const {
    Command command;
    command.argv = {tool_path(tool)};
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    command.env = clean_environment();
    for (const char* const name : {"CLAUDE_ENV_FILE", "COORD_INSTANCE_ID", "INSTANCE_ID", "TOOL_NAME", "TOOL_INPUT",
                                   "TOOL_ERROR", "CLAUDE_SUBAGENT_ROLE"}) {
      command.env[name] = std::nullopt;
    }
    command.env["CLAUDE_PROJECT_DIR"] = dir_.path();
    command.cwd = dir_.path();
    return command;
  }

  ProcessResult run(std::string_view tool, const std::vector<std::string>& args = {}) const {
    return test::run(command(tool, args));
  }
  ProcessResult run_as(const std::string& id, std::string_view tool, const std::vector<std::string>& args) const {
    Command call = command(tool, args);
    call.env["COORD_INSTANCE_ID"] = id;
    return test::run(call);
  }

  /// The hook as the agent calls it.
  Command hook_command(const std::string& event, Json input) const {
    Command call = command("coord-hook", {event});
    JsonObject members = *input.object();
    set_member(members, "hook_event_name", event);
    set_member(members, "cwd", dir_.path());
    call.input = Json(std::move(members)).dump();
    return call;
  }
  Json hook(const std::string& event, Json input) const {
    return answer(test::run(hook_command(event, std::move(input))));
  }

  /// What every hook's answer is, whatever happened: one JSON object, nothing on standard error, exit status 0.
  static Json answer(const ProcessResult& result) {
    EXPECT_EQ(result.status, 0) << result.command;
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 1) << result.out;
    const auto parsed = parse_json(result.out);
    const Json* const json = std::get_if<Json>(&parsed);
    EXPECT_TRUE(json != nullptr && json->is_object()) << result.out;
    return json == nullptr ? Json() : *json;
  }

  Json file(const std::string& name) const {
    const auto parsed = parse_json(dir_.read(name));
    const Json* const json = std::get_if<Json>(&parsed);
    EXPECT_NE(json, nullptr) << name;
    return json == nullptr ? Json() : *json;
  }

  /// The ids in the work registry.
  std::vector<std::string> instances() const {
    std::vector<std::string> ids;
    const Json registry = file(".claude/coordination/work-registry.json");
    for (const Json& instance : *registry.find("instances")->array()) {
      ids.push_back(text_of(instance, "instance_id"));
    }
    return ids;
  }

  /// The files that are locked.
  std::vector<std::string> locked() const {
    std::vector<std::string> paths;
    if (!dir_.exists(".claude/coordination/locks")) {
      return paths;
    }
    for (const std::string& name : dir_.list(".claude/coordination/locks")) {
      if (name.ends_with(".json")) {
        paths.push_back(text_of(file(".claude/coordination/locks/" + name), "file_path"));
      }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }

 private:
  TempDir dir_;
};

/// An agent's tool call as its hooks see it.
inline Json tool_call(const std::string& session, const std::string& tool, const std::string& path,
                      const std::string& tool_use, const std::string& agent = {}) {
  JsonObject input{{"session_id", session},
                   {"transcript_path", "/tmp/transcript.jsonl"},
                   {"permission_mode", "default"},
                   {"tool_name", tool},
                   {"tool_input", JsonObject{{tool == "NotebookEdit" ? "notebook_path" : "file_path", path},
                                             {"content", "text \"quoted\"\n"}}},
                   {"tool_use_id", tool_use}};
  if (!agent.empty()) {
    input.emplace_back("agent_id", agent);
    input.emplace_back("agent_type", "code-quality-reviewer");
  }
  return input;
}

inline Json session_event(const std::string& session, const std::string& agent = {}) {
  JsonObject input{{"session_id", session}};
  if (!agent.empty()) {
    input.emplace_back("agent_id", agent);
  }
  return input;
}

/// Why the write was denied; empty when it was not.
inline std::string denial(const Json& answer) {
  const Json* const output = answer.find("hookSpecificOutput");
  if (output == nullptr) {
    return {};
  }
  EXPECT_EQ(text_of(*output, "hookEventName"), "PreToolUse");
  EXPECT_EQ(text_of(*output, "permissionDecision"), "deny");
  EXPECT_EQ(answer.find("continue"), nullptr);
  return text_of(*output, "permissionDecisionReason");
}

inline void expect_silence(const Json& answer, std::source_location at = std::source_location::current()) {
  EXPECT_EQ(answer.dump(), R"({"continue":true,"suppressOutput":true})") << at.file_name() << ":" << at.line();
}

}  // namespace smbatcher::test
