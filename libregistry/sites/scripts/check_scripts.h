#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/findings/finding.h"

namespace smbatcher {

/// The engine that judges, and how long it may take.
struct ScriptEngine {
  std::string node = "node";  // looked up on PATH when it has no slash
  std::chrono::milliseconds timeout{60'000};
};

/// A file or a folder, and what findings name it by.
struct ScriptTarget {
  std::string path;
  std::string shown;
  bool is_folder = false;
};

/// An address that a module names in `import` or `export … from`.
struct ScriptImport {
  std::string file;       // relative to the target where that is a folder: a script, or the page where it stands
  std::string specifier;  // "./tides.js"; bare names ("lit") are left out
  std::size_t line = 0;
  std::size_t column = 0;      // in bytes
  std::size_t characters = 0;  // the column in code points
};

/// What was found in one target.
struct TargetScripts {
  std::vector<Finding> findings;  // with the severities of rules.h
  std::vector<ScriptImport> imports;
};

struct CheckedScripts {
  std::vector<TargetScripts> targets;  // in the order of the call
  std::size_t files = 0;               // pages and scripts that were read
  std::size_t scripts = 0;             // files, inline scripts, handlers and JSON blocks that were judged
};

/// Checks the syntax of all scripts of sites: files, inline scripts, `on…` attributes, JSON blocks. Nothing is run, and
/// one node is asked, however many targets there are; where there is no script, none is needed.
///
/// Whether a file is a module or a classic script is what the page says that loads it; a file that is loaded both ways
/// is checked both ways, one that only modules import is a module, and one that nobody names may be either. A folder is
/// a site; pages and scripts that are named one by one are one too. Source: docs/checks.md, "Scripts".
///
/// Errors: kNotFound "directory_not_found"; kNotFound "node_not_found"; kIo "node_too_old", "node_timeout",
/// "node_failed": never an empty list of findings; kUsage "not_a_script" for a file that is neither page nor script.
Result<CheckedScripts> check_scripts(const std::vector<ScriptTarget>& targets, const ScriptEngine& engine = {});

}  // namespace smbatcher
