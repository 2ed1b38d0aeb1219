#include "tools/coordination/identity.h"

#include <cstdlib>

#include "libregistry/coordination/identity.h"
#include "libregistry/core/base/environment.h"

namespace smbatcher {
void CoordinationOptions::declare_place(OptionSet& options) {
  options.text("--dir PATH", dir,
               "the project's root; else CLAUDE_PROJECT_DIR, else the root of the git work tree, else this folder");
}

void CoordinationOptions::declare(OptionSet& options) {
  options.text("--id ID", id, "the instance; else COORD_INSTANCE_ID, else the one that lives in .claude/.instance_env");
  declare_place(options);
}

Result<Coordination> CoordinationOptions::open(const Context& context) const {
  static const SystemProcessTable processes;
  SMB_TRY_ASSIGN(CoordinationPlace place, find_place(PlaceSearch::of_process(dir)));
  Coordination coordination{context.ops, context.clock, processes, std::move(place)};
  if (context.common.lock_timeout) {
    coordination.lock_timeout = *context.common.lock_timeout;
  }
  return coordination;
}

Result<std::string> CoordinationOptions::identify(const Coordination& coordination) const {
  return smbatcher::identify(coordination, {id, environment_text("COORD_INSTANCE_ID"), std::nullopt});
}

Result<std::string> CoordinationOptions::identify_if_named(const Coordination& coordination) const {
  Result<std::string> named = identify(coordination);
  if (!named && named.error().reason == ErrorWord("no_instance")) {
    return std::string();
  }
  return named;
}

Outcome stale_instance(const std::string& id) {
  Outcome outcome =
      Outcome::fail("stale_instance", id,
                    "'" + id + "' is not registered: it never was, or was removed after " +
                        std::to_string(kStaleAfter / std::chrono::minutes(1)) +
                        " minutes without a heartbeat, and its locks with it; `coord-instance register --id " + id +
                        "` brings it back");
  outcome.add("instance_id", id);
  outcome.exit_as(static_cast<int>(Verdict::kStale));
  return outcome;
}

}  // namespace smbatcher
