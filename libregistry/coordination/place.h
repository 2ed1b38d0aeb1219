#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"

namespace smbatcher {

/// Where the agents of one project meet: `<root>/.claude/coordination`. Every linked git work tree has a root of its
/// own, so agents in different work trees do not see each other. Source: docs/coordination.md, "The folder".
struct CoordinationPlace {
  std::string root;    // absolute, without symbolic links; not "/" with a slash more
  std::string folder;  // <root>/.claude/coordination; made by the first verb that writes

  std::string registry() const { return folder + "/work-registry.json"; }
  std::string mutex() const { return folder + "/work-registry.json.lock"; }
  std::string locks() const { return folder + "/locks"; }
  std::string heartbeats() const { return folder + "/heartbeats"; }
  std::string decisions() const { return folder + "/decision-log.json"; }
  std::string instance_env() const { return root + "/.claude/.instance_env"; }
};

/// What the search for the place starts from.
struct PlaceSearch {
  std::optional<std::string> dir;  // --dir
  std::string project_dir;         // CLAUDE_PROJECT_DIR; empty when unset
  std::string working_dir;         // absolute

  /// From this process: its environment and its working directory.
  static PlaceSearch of_process(std::optional<std::string> dir);
};

/// `dir`, else `project_dir`, else the nearest folder upwards that holds `.git` (a folder, or the file of a linked work
/// tree), else the working directory. Nothing is created. Errors: kNotFound "project_not_found" when the named folder
/// is not there, kUsage "not_a_folder".
Result<CoordinationPlace> find_place(const PlaceSearch& search);

/// The places whose folder is there already, of the folders in which `file` (absolute, without symbolic links) lies;
/// the nearest first.
std::vector<CoordinationPlace> places_above(const std::string& file);

/// The branch that is checked out in `root`, read from its HEAD without starting git; the commit's first 12 digits
/// where HEAD is detached; empty outside git.
std::string current_branch(const std::string& root);

}  // namespace smbatcher
