#include "libregistry/coordination/hook_agents.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace smbatcher {
namespace {

using Name = std::string_view;

// Sources: the agents' own pages about hooks, and for Codex the schemas in its repository. Last read in November 2026.

constexpr auto kClaudeTools = std::to_array<Name>({"Write", "Edit", "MultiEdit", "NotebookEdit"});

constexpr auto kCodexMarks = std::to_array<Name>({"turn_id"});
constexpr auto kCodexTools = std::to_array<Name>({"apply_patch"});

constexpr auto kGeminiEvents = std::to_array<Name>({"BeforeTool", "AfterTool", "BeforeAgent", "AfterAgent",
                                                    "BeforeModel", "AfterModel", "BeforeToolSelection", "PreCompress"});
constexpr auto kGeminiTools = std::to_array<Name>({"write_file", "replace"});

constexpr auto kCursorMarks = std::to_array<Name>({"conversation_id", "cursor_version", "workspace_roots"});
constexpr auto kCursorEvents = std::to_array<Name>({"beforeShellExecution", "afterShellExecution", "beforeMCPExecution",
                                                    "afterMCPExecution", "beforeReadFile", "afterFileEdit",
                                                    "beforeSubmitPrompt", "afterAgentResponse", "afterAgentThought"});
constexpr auto kCursorTools = std::to_array<Name>({"Write", "Edit", "MultiEdit", "StrReplace", "Delete", "EditNotebook",
                                                   "ApplyPatch", "search_replace", "edit_file", "delete_file"});

constexpr auto kCopilotMarks = std::to_array<Name>({"toolName", "toolArgs", "toolResult"});
constexpr auto kCopilotEvents = std::to_array<Name>({"userPromptSubmitted", "agentStop", "errorOccurred"});
constexpr auto kCopilotTools =
    std::to_array<Name>({"edit", "create", "str_replace", "str_replace_editor", "insert", "apply_patch"});

constexpr auto kVscodeMarks = std::to_array<Name>({"hookEventName"});
constexpr auto kVscodeTools = std::to_array<Name>({"create_file", "insert_edit_into_file", "replace_string_in_file",
                                                   "multi_replace_string_in_file", "edit_notebook_file", "delete_file",
                                                   "editFiles", "createFile", "deleteFile", "apply_patch"});

constexpr auto kOpenCodeMarks = std::to_array<Name>({"sessionID", "callID"});
constexpr auto kOpenCodeTools = std::to_array<Name>({"edit", "write", "multiedit", "patch", "apply_patch"});

constexpr auto kHookAgents = std::to_array<HookAgent>({
    {"cursor", kCursorMarks, kCursorEvents, kCursorTools, AnswerForm::kCursor},
    {"copilot", kCopilotMarks, kCopilotEvents, kCopilotTools, AnswerForm::kCopilot},
    {"opencode", kOpenCodeMarks, {}, kOpenCodeTools, AnswerForm::kPlain},
    {"vscode", kVscodeMarks, {}, kVscodeTools, AnswerForm::kPlain},
    {"gemini", {}, kGeminiEvents, kGeminiTools, AnswerForm::kGemini},
    {"codex", kCodexMarks, {}, kCodexTools, AnswerForm::kPlain},
    {"claude", {}, {}, kClaudeTools, AnswerForm::kClaude},
});
constexpr HookAgent kAnyAgent{"", {}, {}, {}, AnswerForm::kPlain};

// In PreToolUse and PostToolUse Codex has these tools and its MCP servers', and Claude Code has them too.
constexpr auto kToolsOfSeveral = std::to_array<Name>({"Bash", "Shell", "shell"});

constexpr auto kEventNames = std::to_array<std::pair<Name, HookEvent>>({
    {"SessionStart", HookEvent::kSessionStart},
    {"sessionStart", HookEvent::kSessionStart},
    {"SessionEnd", HookEvent::kSessionEnd},
    {"sessionEnd", HookEvent::kSessionEnd},
    {"PreToolUse", HookEvent::kPreToolUse},
    {"preToolUse", HookEvent::kPreToolUse},
    {"BeforeTool", HookEvent::kPreToolUse},
    {"beforeMCPExecution", HookEvent::kPreToolUse},
    {"PostToolUse", HookEvent::kPostToolUse},
    {"postToolUse", HookEvent::kPostToolUse},
    {"AfterTool", HookEvent::kPostToolUse},
    {"afterMCPExecution", HookEvent::kPostToolUse},
    {"PostToolUseFailure", HookEvent::kPostToolUseFailure},
    {"postToolUseFailure", HookEvent::kPostToolUseFailure},
    {"PermissionDenied", HookEvent::kPostToolUseFailure},
    {"SubagentStop", HookEvent::kSubagentStop},
    {"subagentStop", HookEvent::kSubagentStop},
    {"Stop", HookEvent::kStop},
    {"stop", HookEvent::kStop},
    {"StopFailure", HookEvent::kStop},
    {"agentStop", HookEvent::kStop},
    {"AfterAgent", HookEvent::kStop},
    {"BeforeAgent", HookEvent::kStop},
    {"UserPromptSubmit", HookEvent::kStop},
    {"userPromptSubmitted", HookEvent::kStop},
    {"beforeSubmitPrompt", HookEvent::kStop},
});

constexpr auto kSignsOfLife = std::to_array<Name>(
    {"Notification",   "notification",  "PermissionRequest",   "permissionRequest",    "PreCompact",
     "preCompact",     "PostCompact",   "PreCompress",         "SubagentStart",        "subagentStart",
     "BeforeModel",    "AfterModel",    "BeforeToolSelection", "beforeShellExecution", "afterShellExecution",
     "beforeReadFile", "afterFileEdit", "afterAgentResponse",  "afterAgentThought",    "errorOccurred"});

constexpr auto kWritingWords =
    std::to_array<Name>({"write",  "edit",   "create", "update", "replace",  "insert", "append",    "prepend",
                         "delete", "remove", "move",   "rename", "patch",    "apply",  "overwrite", "modify",
                         "save",   "put",    "set",    "copy",   "truncate", "format", "refactor"});
constexpr auto kReadingWords = std::to_array<Name>({"read", "get", "list", "search", "find", "view", "show", "fetch",
                                                    "grep", "glob", "open", "check", "stat", "describe", "query"});

template <class List>
bool has_name(const List& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

/// "mcp__files__write_file" -> write, file; "replaceSymbolBody" -> replace, symbol, body. The server's name is left
/// out.
std::vector<std::string> words_of(std::string_view tool) {
  if (const std::size_t server = std::max(tool.rfind("__") + 1, tool.rfind(':')); server != std::string_view::npos) {
    tool.remove_prefix(std::min(server + 1, tool.size()));
  }
  std::vector<std::string> words(1);
  for (const char c : tool) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0 || (std::isupper(byte) != 0 && !words.back().empty())) {
      words.emplace_back();
    }
    if (std::isalnum(byte) != 0) {
      words.back() += static_cast<char>(std::tolower(byte));
    }
  }
  std::erase(words, "");
  return words;
}

}  // namespace

std::optional<HookEvent> hook_event_named(std::string_view name) {
  for (const auto& [known, event] : kEventNames) {
    if (known == name) {
      return event;
    }
  }
  return has_name(kSignsOfLife, name) ? std::optional(HookEvent::kSignOfLife) : std::nullopt;
}

const HookAgent* hook_agent_named(std::string_view name) {
  const auto* const found =
      std::find_if(kHookAgents.begin(), kHookAgents.end(), [name](const HookAgent& a) { return a.name == name; });
  return found == kHookAgents.end() ? nullptr : found;
}

namespace {

constexpr const HookAgent& kClaude = kHookAgents.back();
static_assert(kClaude.name == "claude");

}  // namespace

const HookAgent& recognise_agent(const Json& json, std::string_view event, std::string_view tool) {
  for (const HookAgent& agent : kHookAgents) {
    const bool is_marked = std::any_of(agent.marks.begin(), agent.marks.end(),
                                       [&json](std::string_view mark) { return json.find(mark) != nullptr; });
    if (is_marked || has_name(agent.events, event)) {
      return agent;
    }
  }
  if (tool.empty() || has_name(kClaudeTools, tool)) {
    return kClaude;
  }
  for (const HookAgent& agent : kHookAgents) {
    if (agent.form == AnswerForm::kPlain && has_name(agent.tools, tool)) {
      return agent;  // of those that share the names of members: no other form could be meant
    }
  }
  return has_name(kToolsOfSeveral, tool) || is_writing_tool(kAnyAgent, tool) ? kAnyAgent : kClaude;
}

bool is_writing_tool(const HookAgent& agent, std::string_view tool) {
  if (has_name(agent.tools, tool)) {
    return true;
  }
  if (agent.name.empty() && std::any_of(kHookAgents.begin(), kHookAgents.end(),
                                        [tool](const HookAgent& each) { return has_name(each.tools, tool); })) {
    return true;
  }
  const std::vector<std::string> words = words_of(tool);
  return !words.empty() && !has_name(kReadingWords, words.front()) &&
         std::any_of(words.begin(), words.end(), [](const std::string& word) { return has_name(kWritingWords, word); });
}

}  // namespace smbatcher
