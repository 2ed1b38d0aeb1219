#include "libregistry/coordination/install_files.h"

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
    {".claude/hooks/lifecycle/coordination-stop.sh", "Stop"},
    {".claude/hooks/lifecycle/coordination-subagent-stop.sh", "SubagentStop"},
    {".claude/hooks/pretool/write-edit/file-lock-check.sh", "PreToolUse"},
    {".claude/hooks/posttool/write-edit/file-lock-release.sh", "PostToolUse"},
    {".claude/hooks/posttool/coordination-heartbeat.sh", "PostToolUse"},
    {".claude/hooks/posttool/coordination-failure.sh", "PostToolUseFailure"},
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

std::vector<InstallFile> install_files() {
  constexpr std::size_t kOthers = 2;
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
  for (const Stub& stub : kHookStubs) {
    files.push_back(
        {std::string(stub.path), filled(install_text("coordination/hook-stub.sh.in"), "@EVENT@", stub.calls), true});
  }
  return files;
}

std::string_view settings_fragment() { return install_text("coordination/settings.json"); }

}  // namespace smbatcher
