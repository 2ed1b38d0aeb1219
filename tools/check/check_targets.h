#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/config/config.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/core/output/outcome.h"
#include "tools/support/context.h"
#include "tools/support/options.h"

namespace smbatcher {

/// A folder or file that a check looks at.
struct CheckTarget {
  std::string path;    // as it can be opened
  std::string shown;   // what findings name it by: as the caller named it; of a site "sites/<domain>"
  std::string domain;  // of a site that was named by its domain or its batch; else empty
  bool is_folder = false;

  /// What findings name a file inside by.
  std::string shown_file(const std::string& inside) const { return shown == "." ? inside : shown + "/" + inside; }
};

struct CheckTargets {
  std::vector<CheckTarget> targets;
  Config config;                       // all defaults where there is no repository
  std::optional<RegistryPaths> paths;  // nothing where there is no repository
  std::vector<Warning> warnings;       // about the registry
};

/// What to look at, for tools that take paths and sites alike.
struct TargetOptions {
  std::vector<std::string> names;
  std::vector<std::string> folders;  // --path
  std::optional<std::string> batch;
  std::optional<std::string> root;

  /// `PATH…` where `takes_paths`, else `DOMAIN…` and --path DIR; --batch and --root.
  void declare(OptionSet& options, bool takes_paths);
};

/// A name is a path when something is there or it cannot be a domain; else it is a site's domain. Paths need no
/// registry, but its config counts where there is one.
///
/// Errors: kUsage "missing_argument" when nothing is named; kNotFound "directory_not_found" (a folder, or the folder of
/// a site), "file_not_found", "batch_not_found", "domain_not_found"; kIo "not_a_regular_file"; those of open_queue().
Result<CheckTargets> find_targets(const Context& context, const TargetOptions& options, bool takes_paths);

}  // namespace smbatcher
