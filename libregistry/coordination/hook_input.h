#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/coordination/hook_agents.h"
#include "libregistry/core/base/result.h"

namespace smbatcher {

/// What an agent tells its hook: the members of its JSON that are of use here, however the agent calls them. All may be
/// empty.
struct HookInput {
  const HookAgent* agent = hook_agent_named("claude");
  std::string event;  // hook_event_name
  std::string session_id;
  std::string agent_id;  // of a subagent that shares the session id with all others of its session
  std::string agent_type;
  std::string cwd;
  std::string tool_name;
  std::string tool_use_id;
  std::vector<std::string> paths;  // what the tool writes; empty for a tool that writes no file which its input names
  bool pathless = false;           // the tool writes, and nothing in its input is known to name a file
  bool failed = false;             // the tool says that it failed
};

/// What agents tell in variables instead: TOOL_NAME, TOOL_INPUT (the JSON of the tool's input) and TOOL_ERROR.
struct HookVariables {
  std::string tool_name;
  std::string tool_input;
  std::string tool_error;

  static HookVariables of_process();
};

/// An empty `text` is an input without members. The JSON goes before the variables. `agent` is the one that was named,
/// or null: then it is recognised. `event` is the one that was named; empty: that of the JSON.
/// Errors: kMalformed "invalid_json" with line and column.
Result<HookInput> parse_hook_input(std::string_view text, const HookVariables& variables, const HookAgent* agent,
                                   std::string_view event);

}  // namespace smbatcher
