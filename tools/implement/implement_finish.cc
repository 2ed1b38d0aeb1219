#include "libregistry/queue/verbs/complete.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct ImplementFinish {
  static constexpr std::string_view kSummary = "mark implemented sites as done";
  static constexpr Effect kEffect = Effect::kChanges;
  WorkOptions work;
  WriteOptions write;

  void declare(OptionSet& options) {
    work.declare(options, WorkOptions::Domains::kPositional);
    write.declare(options);
    options.example("smbatcher implement-finish --batch 003", "I -> Q for all sites of the batch that are implemented");
  }

  static Schema schema() {
    const Fields fields{maybe(field::kBatch.means("the batch; absent when the sites are in several")),
                        field::kBatches,
                        field::kPhase,
                        field::kSites,
                        field::kFrom,
                        field::kStatus,
                        maybe(field::kRepeated),
                        changes(),
                        field::kRegistry};
    return Schema("Implemented sites that are marked as finished.")
        .ok("marked_done", fields)
        .would("marked_done", fields)
        .fail({{"no_sites_to_mark", "no site is at I"},
               transition_refusal(),
               held(),
               stale_claim_refusal(),
               not_claimed_refusal()})
        .error(kChangeErrors);
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
    return carry_out(queue, write, Request{FinishRequest{work.target()}, caller},
                     [](const Answer&) { return Outcome::ok("marked_done"); });
  }
};

}  // namespace

int implement_finish_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<ImplementFinish>(self, argc, argv);
}

}  // namespace smbatcher
