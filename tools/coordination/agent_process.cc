#include "tools/coordination/agent_process.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include "libregistry/core/fs/snapshot.h"

namespace smbatcher {
namespace {

constexpr auto kShells =
    std::to_array<std::string_view>({"sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "env", "smbatcher"});

struct Process {
  std::string name;
  pid_t parent = 0;
};

/// "4711 (name) S 4710 …": proc(5). The name may hold blanks and parentheses.
std::optional<Process> read_process(pid_t pid) {
  constexpr std::size_t kLargestStat = 4096;
  const auto text = read_file(system_file_ops(), "/proc/" + std::to_string(pid) + "/stat", kLargestStat);
  const std::size_t open = text ? text->find('(') : std::string::npos;
  const std::size_t close = text ? text->rfind(") ") : std::string::npos;
  constexpr std::size_t kState = 4;  // ") S "
  if (open == std::string::npos || close == std::string::npos || close + kState >= text->size()) {
    return std::nullopt;
  }
  Process process{text->substr(open + 1, close - open - 1), 0};
  const char* const parent = text->data() + close + kState;
  std::from_chars(parent, text->data() + text->size(), process.parent);
  return process;
}

}  // namespace

std::optional<pid_t> agent_process() {
  constexpr int kMostAncestors = 32;
  pid_t pid = ::getppid();
  for (int i = 0; i < kMostAncestors && pid > 1; ++i) {
    const std::optional<Process> process = read_process(pid);
    if (!process) {
      return std::nullopt;
    }
    if (std::find(kShells.begin(), kShells.end(), process->name) == kShells.end()) {
      return pid;
    }
    pid = process->parent;
  }
  return std::nullopt;
}

}  // namespace smbatcher
