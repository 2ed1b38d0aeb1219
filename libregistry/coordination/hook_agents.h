#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"

namespace smbatcher {

/// The moments at which an agent calls its hooks. Source: docs/coordination.md, "Hooks".
enum class HookEvent {
  kSessionStart,
  kSessionEnd,
  kPreToolUse,
  kPostToolUse,
  kPostToolUseFailure,
  kSubagentStop,
  kStop,        // a turn has ended, or the next one begins: no tool call of the agent is open
  kSignOfLife,  // anything else that agents tell
};

/// The event that any of the agents calls so.
std::optional<HookEvent> hook_event_named(std::string_view name);

/// How an agent wants to be told that a tool call must not be made, and that it may go on.
enum class AnswerForm {
  kClaude,   // hookSpecificOutput.permissionDecision; else continue and suppressOutput
  kPlain,    // the same without suppressOutput, for which Codex takes a hook as failed
  kGemini,   // decision and reason
  kCursor,   // permission, user_message and agent_message
  kCopilot,  // permissionDecision and permissionDecisionReason
};

/// An agent that calls hooks, as data: how it is recognised, which of its tools write files, how it is answered. Where
/// the paths stand in a tool's input is the same table for all: written_paths().
struct HookAgent {
  std::string_view name;                     // as --agent names it
  std::span<const std::string_view> marks;   // members of its JSON that no other agent has
  std::span<const std::string_view> events;  // names of events that no other agent has
  std::span<const std::string_view> tools;   // that write the files which their input names
  AnswerForm form = AnswerForm::kPlain;
};

/// The agent called `name`; null when there is none.
const HookAgent* hook_agent_named(std::string_view name);

/// Whose JSON this is: by its members, by the event, by the tool. What nobody can be told from, such as a shell
/// command, is an agent without a name, with the tools of all.
const HookAgent& recognise_agent(const Json& json, std::string_view event, std::string_view tool);

/// True for the agent's own tools that write, and for one of others (MCP servers') whose name says that it writes:
/// `mcp__files__write_file`, `edit-file`, `replaceSymbolBody`.
bool is_writing_tool(const HookAgent& agent, std::string_view tool);

}  // namespace smbatcher
