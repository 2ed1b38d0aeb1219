#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace smbatcher {

/// A file that `coord-hook install` lays out.
struct InstallFile {
  std::string path;  // relative to the project's root
  std::string text;
  bool executable = false;
};

/// How an agent learns of its hooks: by a file of its own, into which entries are merged, or by one that is ours alone.
struct AgentInstall {
  std::string_view agent;     // as --agent names it
  std::string_view settings;  // relative to the project's root
  std::string_view fragment;  // the name of install_text() that is merged into it; empty where the file is ours alone
  std::string_view later;     // the same with events that not every version of the agent accepts; may be empty
};

/// Null for a name that is none.
const AgentInstall* agent_install(std::string_view agent);

/// All that is laid out for `agent` but what is merged: the commands and the library under the paths that the shell
/// library has them, the schemas, what git is to leave out; and the stubs or the plugin that the agent calls. Texts:
/// data/coordination and data/schemas/coordination.
std::vector<InstallFile> install_files(const AgentInstall& agent);

/// A text of data/, generated into the library; `name` is relative to data/. Empty for none.
std::string_view install_text(std::string_view name);

}  // namespace smbatcher
