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

/// All of them but settings.json: the stubs under the paths that the shell library has them, the library itself, the
/// schemas, and what git is to leave out. Texts: data/coordination and data/schemas/coordination.
std::vector<InstallFile> install_files();

/// The entries of settings.json that call the stubs, as JSON.
std::string_view settings_fragment();

/// A text of data/, generated into the library; `name` is relative to data/. Empty for none.
std::string_view install_text(std::string_view name);

}  // namespace smbatcher
