#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"
#include "libregistry/queue/verbs/claim.h"
#include "tools/queue/environment.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

Error missing_env(const Error& cause) {
  Error error =
      usage_error("missing_env", "set BATCH_ID to the batch to look at; there is no next one: " + cause.message);
  error.where = cause.where;
  return error;
}

struct CiDryRunBatchId {
  static constexpr std::string_view kSummary = "choose the batch that a CI dry run is about";
  static constexpr Effect kEffect = Effect::kReads;
  PhaseOption phase;
  WriteOptions write;

  void declare(OptionSet& options) {
    phase.declare(options, "look for the next batch in this phase only (default: implement, then design)");
    options.text("--owner NAME", write.owner, "whose next batch it is; SMBATCHER_OWNER otherwise")
        .must_be(is_owner, "an owner");
    options.example("BATCH_ID=003 smbatcher ci-dry-run-batch-id",
                    "batch 003; appends to GITHUB_OUTPUT where that is set");
    options.example("smbatcher ci-dry-run-batch-id", "the batch that the next claim would take; claims nothing");
  }

  Result<Outcome> run(const Context& context) const {
    Outcome outcome = Outcome::ok("batch_id");
    if (const auto named = environment_value("BATCH_ID")) {
      if (!is_batch_id(*named)) {
        return fail(usage_error("invalid_argument", "BATCH_ID is '" + escape_control(*named) +
                                                        "', which is not a batch id: 1 to 64 letters, digits, '.', "
                                                        "'_' and '-'"));
      }
      outcome = Outcome::ok("batch_id", *named).add("batch", *named).add("source", "BATCH_ID");
      outcome.line("BATCH_ID says so");
    } else {
      SMB_TRY_ASSIGN(outcome, next_batch(context));
    }
    SMB_TRY(add_github_output(context.ops, "batch_id", *outcome.fields().front().second.string()));
    return outcome;
  }

 private:
  /// What a claim would take now; nothing is locked or changed.
  Result<Outcome> next_batch(const Context& context) const {
    Result<QueueContext> queue = open_queue(context);
    if (!queue) {
      return fail(queue.error().reason == ErrorWord("registry_not_found") ? missing_env(queue.error())
                                                                          : std::move(queue).error());
    }
    std::optional<Error> no_work;
    for (const Phase each : {Phase::kImplement, Phase::kDesign}) {
      if (phase.phase && phase.value() != each) {
        continue;
      }
      SMB_TRY_ASSIGN(const ClaimRequest request, claim_request(*queue, write, {}, each, std::nullopt));
      auto answer = preview(*queue, Request{request, {}});
      if (answer && !answer->refusal) {
        Outcome outcome = Outcome::ok("batch_id", answer->batch);
        outcome.add("batch", answer->batch).add("source", "next").add("phase", rule_of(each).name);
        outcome.add("registry", queue->paths.registry);
        outcome.line("the next batch of phase " + std::string(rule_of(each).name));
        return std::move(outcome.warn(std::move(answer->warnings)));
      }
      const Error& refusal = answer ? *answer->refusal : answer.error();
      if (refusal.code != Errc::kRefused && refusal.reason != ErrorWord("registry_not_found")) {
        return fail(refusal);
      }
      if (!no_work) {
        no_work = refusal;
      }
    }
    return fail(missing_env(*no_work));
  }
};

}  // namespace

int ci_dry_run_batch_id_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CiDryRunBatchId>(self, argc, argv);
}

}  // namespace smbatcher
