#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libregistry/base/result.h"

namespace smbatcher {

/// The moments at which an agent calls its hooks. Source: docs/coordination.md, "Hooks".
enum class HookEvent {
  kSessionStart,
  kSessionEnd,
  kPreToolUse,
  kPostToolUse,
  kPostToolUseFailure,
  kSubagentStop,
  kStop,
};

std::optional<HookEvent> hook_event_named(std::string_view name);

/// What an agent tells its hook: the members of its JSON that are of use here. All may be empty.
struct HookInput {
  std::string event;  // hook_event_name
  std::string session_id;
  std::string agent_id;  // of a subagent: it shares the session id with all others of its session
  std::string agent_type;
  std::string cwd;
  std::string tool_name;
  std::string tool_use_id;
  std::string path;     // of tool_input: file_path, else notebook_path
  bool failed = false;  // the tool says that it failed

  /// True for the tools that write a file which their input names: Write, Edit, MultiEdit, NotebookEdit.
  bool writes_a_file() const;
};

/// What agents tell in variables instead: TOOL_NAME, TOOL_INPUT (the JSON of the tool's input) and TOOL_ERROR.
struct HookVariables {
  std::string tool_name;
  std::string tool_input;
  std::string tool_error;

  static HookVariables of_process();
};

/// An empty `text` is an input without members. The JSON goes before the variables.
/// Errors: kMalformed "invalid_json" with line and column.
Result<HookInput> parse_hook_input(std::string_view text, const HookVariables& variables);

}  // namespace smbatcher
