#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libregistry/coordination/coordination.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/output/outcome.h"
#include "tools/support/context.h"
#include "tools/support/options.h"

namespace smbatcher {

/// Where, and who: the options that the coordination tools share.
struct CoordinationOptions {
  std::optional<std::string> dir;
  std::optional<std::string> id;

  void declare(OptionSet& options);
  void declare_place(OptionSet& options);  // --dir alone

  Result<Coordination> open(const Context& context) const;
  /// --id, else COORD_INSTANCE_ID, else the only live instance that .claude/.instance_env names.
  Result<std::string> identify(const Coordination& coordination) const;
  /// The same, empty when nobody is named: for questions that anybody may ask.
  Result<std::string> identify_if_named(const Coordination& coordination) const;
};

/// FAIL:stale_instance:<id>, exit 13: for what a caller who is not registered any more may not do.
Outcome stale_instance(const std::string& id);

}  // namespace smbatcher
