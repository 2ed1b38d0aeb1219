#include "libregistry/core/base/text.h"
#include "tools/queue/prerequisites.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct PrepareInfo {
  static constexpr std::string_view kSummary = "print what is there and what is missing, with the next step";
  static constexpr Effect kEffect = Effect::kReads;

  static void declare(OptionSet& options) {
    options.example("smbatcher prepare-info", "what is there and what is missing, with the next step; changes nothing");
    options.example("smbatcher prepare-info --registry queue/REGISTRY.md --format json", "for a program");
  }

  static Result<Outcome> run(const Context& context) {
    const Prerequisites found = look_around(context);
    const std::vector<std::string> missing = found.missing();
    Outcome outcome = missing.empty() ? Outcome::ok("info_complete")
                                      : Outcome::fail("missing_prerequisites", join(missing, ", "),
                                                      "do what stands below at 'missing', then call again");
    JsonArray checks;
    for (const Prerequisite& check : found.checks) {
      const std::string state = check.ok ? "ok" : check.needed ? "missing" : "warning";
      outcome.line(check.name + ": " + state + ": " + check.detail + (check.next.empty() ? "" : "; " + check.next));
      JsonObject json{{"name", check.name}, {"ok", check.ok}, {"needed", check.needed}, {"detail", check.detail}};
      if (!check.next.empty()) {
        json.emplace_back("next", check.next);
      }
      checks.push_back(std::move(json));
    }
    outcome.add("checks", std::move(checks));
    if (found.registry) {
      outcome.add("registry", *found.registry);
    }
    return std::move(outcome.warn(found.warnings));
  }
};

}  // namespace

int prepare_info_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<PrepareInfo>(self, argc, argv);
}

}  // namespace smbatcher
