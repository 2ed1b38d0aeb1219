#include "libregistry/queue/verbs/release.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

constexpr Field<std::uint64_t> kCount{"count", "how many batches"};

struct Reap {
  static constexpr std::string_view kSummary = "return work whose lease has ended to ready";
  static constexpr Effect kEffect = Effect::kRepairs;
  std::optional<std::string> batch;
  bool unclaimed = false;
  PhaseOption phase;
  ForceOptions force;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.text("--batch ID", batch, "just this batch").must_be(is_batch_id, "a batch id");
    options.flag("--unclaimed", unclaimed, "also work in progress that nobody claimed through smbatcher");
    phase.declare(options, "only this phase");
    force.declare(options);
    write.declare(options);
    options.example("smbatcher reap", "return all work whose lease has ended");
    options.example("smbatcher reap --batch 003 --force --why 'agent is stuck'", "take one back that is still held");
  }

  static Schema schema() {
    const Fields rest{field::kSites.means("always empty: changes names the sites"), changes(), field::kRegistry};
    return Schema("Work whose lease has ended, returned to ready.")
        .ok("reaped", Fields{kCount, field::kBatches.means("the batches returned")} + rest)
        .would("reaped",
               Fields{maybe(field::kBatches.means("the batches that would be returned; absent when there are none"))} +
                   rest)
        .fail({held()})
        .error(kChangeErrors);
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, std::nullopt, force));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
    if (force.force && !batch) {
      return fail(
          usage_error("missing_argument", "--force needs --batch ID: one batch at a time is taken from its holder"));
    }
    const ReapRequest request{phase.value(), batch, unclaimed};
    return carry_out(queue, write, Request{request, caller}, [](const Answer& answer) {
      Outcome outcome = Outcome::ok("reaped", std::to_string(answer.batches.size()));
      add(outcome, kCount, answer.batches.size());
      if (answer.batches.empty()) {
        add(outcome, field::kBatches, {});
      }
      for (const std::string& id : answer.batches) {
        outcome.line(id);
      }
      return outcome;
    });
  }
};

}  // namespace

int reap_main(const Operation& self, int argc, const char* const* argv) { return run_tool<Reap>(self, argc, argv); }

}  // namespace smbatcher
