#include "libregistry/queue/verbs/bury.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct Kick {
  static constexpr std::string_view kSummary = "return buried sites or batches to the queue";
  static constexpr Effect kEffect = Effect::kRepairs;
  WorkOptions work;
  WriteOptions write;

  void declare(OptionSet& options) {
    work.declare(options, WorkOptions::Domains::kPositional);
    write.declare(options);
    options.example("smbatcher kick garage.example", "return buried sites or batches to the queue");
  }

  static Schema schema() {
    const Fields fields{maybe(field::kBatch.means("the batch; absent when the sites are in several")),
                        field::kBatches,
                        field::kSites,
                        maybe(field::kRepeated),
                        changes(),
                        field::kRegistry};
    return Schema("Sites that were buried or delayed, or whose batch was given up, and are taken up again.")
        .ok("kicked", fields)
        .would("kicked", fields)
        .fail({{"not_buried", "there is nothing to take up again, it is neither buried nor delayed"},
               stale_claim_refusal(),
               not_claimed_refusal(),
               transition_refusal()})
        .error(kChangeErrors);
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
    return carry_out(queue, write, Request{KickRequest{work.target()}, caller},
                     [](const Answer&) { return Outcome::ok("kicked"); });
  }
};

}  // namespace

int kick_main(const Operation& self, int argc, const char* const* argv) { return run_tool<Kick>(self, argc, argv); }

}  // namespace smbatcher
