#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"
#include "libregistry/queue/verbs/claim.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct DryRun {
  static constexpr std::string_view kSummary = "print what the next claim of each phase would do";
  static constexpr Effect kEffect = Effect::kReads;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.text("--owner NAME", write.owner, "whose next claims to show; SMBATCHER_OWNER otherwise");
    options.example("smbatcher dry-run", "what the next claim of each phase would do; changes nothing, takes no lock");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context));
    Outcome outcome = Outcome::ok("dry_run");
    JsonArray phases;
    std::vector<Warning> warnings;
    for (const PhaseRule& rule : kPhases) {
      SMB_TRY_ASSIGN(const ClaimRequest request, claim_request(queue, write, {}, rule.phase, std::nullopt));
      auto answer = preview(queue, Request{request, {}});
      if (!answer && answer.error().code != Errc::kRefused) {
        return fail(std::move(answer).error());
      }
      const std::string name(rule.name);
      if (answer) {
        warnings = answer->warnings;
      }
      if (!answer || answer->refusal) {
        const Error& refusal = answer ? *answer->refusal : answer.error();
        outcome.line(name + ": " + refusal.reason.text() + (refusal.details.empty() ? "" : ":" + refusal.details) +
                     ": " + refusal.message);
        JsonObject json{
            {"phase", name}, {"claims", false}, {"reason", refusal.reason.text()}, {"message", refusal.message}};
        for (auto& [key, value] : refusal.json_facts()) {
          json.emplace_back(std::move(key), std::move(value));
        }
        phases.push_back(std::move(json));
        continue;
      }
      outcome.line(name + ": would " + answer->action + " batch " + answer->batch + ", " + letter(*answer->from) +
                   " -> " + letter(*answer->status) + ": " + join(answer->sites, ", "));
      phases.push_back(JsonObject{{"phase", name},
                                  {"claims", true},
                                  {"batch", answer->batch},
                                  {"action", answer->action},
                                  {"from", std::string(1, letter(*answer->from))},
                                  {"status", std::string(1, letter(*answer->status))},
                                  {"sites", answer->sites}});
    }
    outcome.add("phases", std::move(phases)).add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(warnings)));
  }
};

}  // namespace

int dry_run_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<DryRun>(self, argc, argv);
}

}  // namespace smbatcher
