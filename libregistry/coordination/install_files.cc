#include "libregistry/coordination/install_files.h"

#include <algorithm>
#include <array>

namespace smbatcher {
namespace {

struct Stub {
  std::string_view path;
  std::string_view calls;
};

constexpr auto kHookStubs = std::to_array<Stub>({
    {".claude/hooks/lifecycle/coordination-init.sh", "SessionStart"},
    {".claude/hooks/lifecycle/coordination-cleanup.sh", "SessionEnd"},
    {".claude/hooks/lifecycle/coordination-prompt.sh", "UserPromptSubmit"},
    {".claude/hooks/lifecycle/coordination-stop.sh", "Stop"},
    {".claude/hooks/lifecycle/coordination-subagent-stop.sh", "SubagentStop"},
    {".claude/hooks/pretool/write-edit/file-lock-check.sh", "PreToolUse"},
    {".claude/hooks/posttool/write-edit/file-lock-release.sh", "PostToolUse"},
    {".claude/hooks/posttool/coordination-heartbeat.sh", "PostToolUse"},
    {".claude/hooks/posttool/coordination-failure.sh", "PostToolUseFailure"},
});

constexpr auto kAgentInstalls = std::to_array<AgentInstall>({
    {"claude", ".claude/settings.json", "coordination/settings.json", "coordination/settings-later.json"},
    {"codex", ".codex/hooks.json", "coordination/agents/codex.json", ""},
    {"gemini", ".gemini/settings.json", "coordination/agents/gemini.json", ""},
    {"cursor", ".cursor/hooks.json", "coordination/agents/cursor.json", ""},
    // Both read all files of this folder, so one serves both.
    {"copilot", ".github/hooks/smbatcher.json", "coordination/agents/copilot.json", ""},
    {"vscode", ".github/hooks/smbatcher.json", "coordination/agents/copilot.json", ""},
    {"opencode", ".opencode/plugin/smbatcher.js", "", ""},
});

constexpr auto kBinStubs = std::to_array<Stub>({
    {".claude/coordination/bin/coord-status", "coord-status"},
    {".claude/coordination/bin/coord-lock", "coord-lock"},
    {".claude/coordination/bin/coord-decisions", "coord-decisions"},
    {".claude/coordination/bin/coord-instance", "coord-instance"},
});

constexpr auto kSchemas = std::to_array<std::string_view>({"work-registry", "file-lock", "decision-log", "heartbeat"});

std::string filled(std::string_view form, std::string_view mark, std::string_view value) {
  std::string text(form);
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
    text.replace(at, mark.size(), value);
  }
  return text;
}

}  // namespace

const AgentInstall* agent_install(std::string_view agent) {
  const auto* const found = std::find_if(kAgentInstalls.begin(), kAgentInstalls.end(),
                                         [agent](const AgentInstall& each) { return each.agent == agent; });
  return found == kAgentInstalls.end() ? nullptr : found;
}

std::vector<InstallFile> install_files(const AgentInstall& agent) {
  constexpr std::size_t kOthers = 3;
  std::vector<InstallFile> files;
  files.reserve(kBinStubs.size() + kSchemas.size() + kHookStubs.size() + kOthers);
  for (const Stub& stub : kBinStubs) {
    files.push_back(
        {std::string(stub.path), filled(install_text("coordination/bin-stub.sh.in"), "@TOOL@", stub.calls), true});
  }
  files.push_back(
      {".claude/coordination/lib/coordination.sh", std::string(install_text("coordination/coordination.sh"))});
  for (const std::string_view schema : kSchemas) {
    const std::string name = std::string(schema) + ".schema.json";
    files.push_back(
        {".claude/coordination/schemas/" + name, std::string(install_text("schemas/coordination/" + name))});
  }
  files.push_back({".claude/coordination/.gitignore", std::string(install_text("coordination/gitignore"))});
  if (agent.agent == "claude") {
    for (const Stub& stub : kHookStubs) {
      files.push_back(
          {std::string(stub.path), filled(install_text("coordination/hook-stub.sh.in"), "@EVENT@", stub.calls), true});
    }
  }
  if (agent.fragment.empty()) {
    files.push_back({std::string(agent.settings),
                     std::string(install_text("coordination/agents/" + std::string(agent.agent) + ".js"))});
  }
  return files;
}

}  // namespace smbatcher
