#include "libregistry/coordination/hook_input.h"

#include <algorithm>
#include <array>
#include <utility>

#include "libregistry/base/environment.h"
#include "libregistry/base/json_fields.h"
#include "libregistry/coordination/json_file.h"

namespace smbatcher {
namespace {

constexpr auto kEvents = std::to_array<std::pair<std::string_view, HookEvent>>({
    {"SessionStart", HookEvent::kSessionStart},
    {"SessionEnd", HookEvent::kSessionEnd},
    {"PreToolUse", HookEvent::kPreToolUse},
    {"PostToolUse", HookEvent::kPostToolUse},
    {"PostToolUseFailure", HookEvent::kPostToolUseFailure},
    {"SubagentStop", HookEvent::kSubagentStop},
    {"Stop", HookEvent::kStop},
});

constexpr auto kWritingTools = std::to_array<std::string_view>({"Write", "Edit", "MultiEdit", "NotebookEdit"});

/// What an agent says wrongly, nobody can mend by hand.
Result<Json> parse_object(const std::string& source, std::string_view text) {
  Result<Json> json = parse_json_file(source, text);
  if (!json) {
    json.error().message = "what the agent says cannot be read: no JSON object in " + json.error().where;
  }
  return json;
}

std::string text_member(const Json& json, std::string_view key) { return string_field(json, key).value_or(""); }

std::string path_of(const Json& tool_input) {
  std::string path = text_member(tool_input, "file_path");
  return path.empty() ? text_member(tool_input, "notebook_path") : path;
}

}  // namespace

std::optional<HookEvent> hook_event_named(std::string_view name) {
  for (const auto& [known, event] : kEvents) {
    if (known == name) {
      return event;
    }
  }
  return std::nullopt;
}

bool HookInput::writes_a_file() const {
  return std::find(kWritingTools.begin(), kWritingTools.end(), tool_name) != kWritingTools.end();
}

HookVariables HookVariables::of_process() {
  return {environment_text("TOOL_NAME"), environment_text("TOOL_INPUT"), environment_text("TOOL_ERROR")};
}

Result<HookInput> parse_hook_input(std::string_view text, const HookVariables& variables) {
  HookInput input;
  if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    SMB_TRY_ASSIGN(const Json json, parse_object("standard input", text));
    input.event = text_member(json, "hook_event_name");
    input.session_id = text_member(json, "session_id");
    input.agent_id = text_member(json, "agent_id");
    input.agent_type = text_member(json, "agent_type");
    input.cwd = text_member(json, "cwd");
    input.tool_name = text_member(json, "tool_name");
    input.tool_use_id = text_member(json, "tool_use_id");
    if (const Json* const tool_input = json.find("tool_input")) {
      input.path = path_of(*tool_input);
    }
    if (const Json* const response = json.find("tool_response")) {
      const Json* const success = response->find("success");
      input.failed = success != nullptr && success->boolean() == false;
    }
  }
  if (input.tool_name.empty() && !variables.tool_name.empty()) {
    input.tool_name = variables.tool_name;
    input.failed = !variables.tool_error.empty();
    SMB_TRY_ASSIGN(const Json tool_input, parse_object("TOOL_INPUT", variables.tool_input));
    input.path = path_of(tool_input);
  }
  return input;
}

}  // namespace smbatcher
