#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/output/outcome.h"
#include "tools/support/context.h"

namespace smbatcher {

/// One thing that a queue needs, or that is good to have, and how it stands.
struct Prerequisite {
  std::string name;  // a stable word
  bool ok = true;
  bool needed = true;  // false: a queue works without it
  std::string detail;  // what was found
  std::string next;    // the next step; empty when ok
};

struct Prerequisites {
  std::vector<Prerequisite> checks;
  std::optional<std::string> registry;  // where it is or would be, when that can be told
  std::vector<Warning> warnings;        // damaged rows

  /// The names of what is needed and not ok.
  std::vector<std::string> missing() const;
};

/// Looks at registry, config, folders, permissions, locks and programs. Changes nothing, and takes no lock that others
/// wait for. Source: docs/prepare.md, "What is there".
Prerequisites look_around(const Context& context);

}  // namespace smbatcher
