#include "libregistry/coordination/hook_input.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "libregistry/coordination/json_file.h"
#include "libregistry/coordination/written_paths.h"
#include "libregistry/core/base/environment.h"
#include "libregistry/core/base/json_fields.h"
#include "libregistry/core/base/text.h"

namespace smbatcher {
namespace {

using MemberNames = std::initializer_list<std::string_view>;

/// What an agent says wrongly, nobody can mend by hand.
Result<Json> parse_object(const std::string& source, std::string_view text) {
  Result<Json> json = parse_json_file(source, text);
  if (!json) {
    json.error().message = "what the agent says cannot be read: no JSON object in " + json.error().where;
  }
  return json;
}

/// The first of `names` that is a text and not empty: agents call one thing by different names.
std::string text_member(const Json& json, MemberNames names) {
  for (const std::string_view name : names) {
    if (std::string text = string_field(json, name).value_or(""); !text.empty()) {
      return text;
    }
  }
  return {};
}

const Json* first_member(const Json& json, MemberNames names) {
  for (const std::string_view name : names) {
    if (const Json* const member = json.find(name)) {
      return member;
    }
  }
  return nullptr;
}

/// Cursor gives no working directory for some tools, but the folders that are open.
std::string folder_of_agent(const Json& json) {
  std::string cwd = text_member(json, {"cwd", "directory"});
  const auto roots = strings_field(json, "workspace_roots");
  return cwd.empty() && roots && !roots->empty() ? roots->front() : cwd;
}

bool has_failed(const Json& json) {
  const Json* const response = first_member(json, {"tool_response", "toolResult"});
  if (response == nullptr) {
    return false;
  }
  const Json* const success = response->find("success");
  const Json* const error = response->find("error");
  const std::string type = string_field(*response, "resultType").value_or("success");
  return (success != nullptr && success->boolean() == false) || (error != nullptr && !error->is_null()) ||
         type != "success";
}

/// The folder that `cd FOLDER &&` before a patch goes to; empty where there is none.
std::string folder_before(std::string_view command) {
  const std::size_t cd = command.rfind("cd ");
  if (cd == std::string_view::npos ||
      (cd > 0 && std::string_view(" \n;&\t").find(command[cd - 1]) == std::string_view::npos)) {
    return {};
  }
  std::string_view folder = trim(command.substr(cd + 3));
  const std::size_t end = folder.rfind("&&");
  if (end == std::string_view::npos) {
    return {};
  }
  folder = trim(folder.substr(0, end));
  const bool is_quoted =
      folder.size() >= 2 && folder.front() == folder.back() && (folder[0] == '"' || folder[0] == '\'');
  return std::string(is_quoted ? folder.substr(1, folder.size() - 2) : folder);
}

/// A shell command may write anything, and only a patch in it says what.
std::vector<std::string> paths_in_shell_command(const Json& tool_input) {
  std::string command = text_member(tool_input, {"command", "cmd"});
  if (const auto words = strings_field(tool_input, "command"); words && command.empty()) {  // older Codex
    command = join(*words, "\n");
  }
  const std::size_t patch = command.find("apply_patch");
  if (patch == std::string::npos) {
    return {};
  }
  std::vector<std::string> paths = paths_of_patch(command);
  for (const std::string& folder : {folder_before(command.substr(0, patch)), text_member(tool_input, {"workdir"})}) {
    for (std::string& path : paths) {
      if (!folder.empty() && !path.starts_with('/')) {
        path.insert(0, folder + "/");
      }
    }
  }
  return paths;
}

void read_tool_input(HookInput& input, const Json& tool_input) {
  if (is_writing_tool(*input.agent, input.tool_name)) {
    input.paths = written_paths(tool_input);
    input.pathless =
        input.paths.empty() && tool_input.is_object() && !tool_input.object()->empty() &&
        std::find(input.agent->tools.begin(), input.agent->tools.end(), input.tool_name) != input.agent->tools.end() &&
        first_member(tool_input, {"file_path", "notebook_path", "path", "filePath", "command"}) == nullptr;
  } else {
    input.paths = paths_in_shell_command(tool_input);
  }
}

}  // namespace

HookVariables HookVariables::of_process() {
  return {environment_text("TOOL_NAME"), environment_text("TOOL_INPUT"), environment_text("TOOL_ERROR")};
}

Result<HookInput> parse_hook_input(std::string_view text, const HookVariables& variables, const HookAgent* agent,
                                   std::string_view event) {
  HookInput input;
  if (agent != nullptr) {
    input.agent = agent;
  }
  if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    SMB_TRY_ASSIGN(const Json json, parse_object("standard input", text));
    input.event = text_member(json, {"hook_event_name", "hookEventName", "hookName"});
    input.tool_name = text_member(json, {"tool_name", "toolName", "tool"});
    if (agent == nullptr) {
      input.agent = &recognise_agent(json, event.empty() ? input.event : event, input.tool_name);
    }
    input.session_id = text_member(json, {"session_id", "sessionId", "sessionID", "conversation_id"});
    input.agent_id = text_member(json, {"agent_id", "agentId", "subagent_id"});
    input.agent_type = text_member(json, {"agent_type", "agentType", "subagent_type"});
    input.cwd = folder_of_agent(json);
    input.tool_use_id = text_member(json, {"tool_use_id", "toolUseId", "tool_call_id", "toolCallId", "callID"});
    if (const Json* const tool_input = first_member(json, {"tool_input", "toolArgs", "toolInput", "args"})) {
      read_tool_input(input, *tool_input);
    }
    input.failed = has_failed(json);
  }
  if (input.tool_name.empty() && !variables.tool_name.empty()) {
    input.tool_name = variables.tool_name;
    input.failed = !variables.tool_error.empty();
    SMB_TRY_ASSIGN(const Json tool_input, parse_object("TOOL_INPUT", variables.tool_input));
    read_tool_input(input, tool_input);
  }
  return input;
}

}  // namespace smbatcher
