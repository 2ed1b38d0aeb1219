#include "libregistry/queue/verbs/bury.h"

#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct Bury {
  static constexpr std::string_view kSummary = "keep a site or a batch from being given out";
  static constexpr Effect kEffect = Effect::kRepairs;
  WorkOptions work;
  ForceOptions force;
  WriteOptions write;

  void declare(OptionSet& options) {
    work.declare(options, WorkOptions::Domains::kPositional);
    force.declare(options);
    write.declare(options);
    options.example("smbatcher bury garage.example --why 'no photos yet'", "hold one site back; its neighbours go on");
  }

  static Schema schema() {
    const Fields fields{maybe(field::kBatch.means("the batch; absent when the sites are in several")),
                        field::kBatches,
                        field::kSites,
                        maybe(field::kRepeated),
                        changes(),
                        field::kRegistry};
    return Schema("Sites that are held back.")
        .ok("buried", fields)
        .would("buried", fields)
        .fail({{"not_in_phase", "no phase can give the site out"},
               held(),
               stale_claim_refusal(),
               not_claimed_refusal(),
               transition_refusal()})
        .error(kChangeErrors);
  }

  Result<Outcome> run(const Context& context) const {
    if (force.why.empty()) {
      return fail(usage_error("missing_argument", "--why is required: status shows the reason"));
    }
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token, force));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
    return carry_out(queue, write, Request{BuryRequest{work.target()}, caller},
                     [](const Answer&) { return Outcome::ok("buried"); });
  }
};

}  // namespace

int bury_main(const Operation& self, int argc, const char* const* argv) { return run_tool<Bury>(self, argc, argv); }

}  // namespace smbatcher
