#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/check_claims.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/tracked_state.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct CheckRegistry {
  static constexpr std::string_view kSummary = "list every damaged row with its file and line";
  static constexpr Effect kEffect = Effect::kReads;

  bool all = false;

  void declare(OptionSet& options) {
    options.flag("--all", all, "list every damaged or rewound row, not only the first 20 of each kind");
    options.example("smbatcher check-registry", "every damaged row as file:line: code: what is wrong");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context));
    SMB_TRY_ASSIGN(const LoadedRegistry loaded,
                   load_registry(*queue.ops, queue.paths, {&queue.config.columns, true, all}));
    const std::vector<Warning>& issues = loaded.registry.damages();
    Outcome outcome = issues.empty()
                          ? Outcome::ok("registry_valid")
                          : Outcome::fail("registry_invalid", counted(loaded.registry.damage_count(), "issue"), "");
    for (const Warning& issue : issues) {
      const std::string line = issue.line == 0 ? "" : ":" + std::to_string(issue.line);
      outcome.line(issue.file + line + ": " + issue.code + ": " + issue.message);
    }
    outcome.add("issues", to_json(issues));
    outcome.add("sites", static_cast<std::uint64_t>(loaded.registry.sites().size()));
    outcome.add("registry", queue.paths.registry);
    outcome.warn(loaded.registry.remarks());
    if (const auto claims = check_claims(queue, all)) {
      outcome.warn(*claims);
    } else {
      outcome.warn({{claims.error().where, 0, claims.error().reason.text(), claims.error().message}});
    }
    outcome.warn(tracked_state(queue.paths));
    return outcome;
  }
};

}  // namespace

int check_registry_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CheckRegistry>(self, argc, argv);
}

}  // namespace smbatcher
