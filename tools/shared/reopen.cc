#include "libregistry/queue/verbs/bury.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct Reopen {
  static constexpr std::string_view kSummary = "send finished work that was not good enough a step back";
  static constexpr Effect kEffect = Effect::kRepairs;
  WorkOptions work;
  std::string why;
  WriteOptions write;

  void declare(OptionSet& options) {
    work.declare(options, WorkOptions::Domains::kPositional);
    options.text("--why TEXT", why, "the reason, kept in the history").required();
    write.declare(options);
    options.example("smbatcher reopen bakery.example --why 'broken on phones'",
                    "a step back: Q -> O, I -> O, O -> D, D -> B, B -> -");
  }

  static Schema schema() {
    const Fields fields{maybe(field::kBatch.means("the batch; absent when the sites are in several")),
                        field::kBatches,
                        field::kSites,
                        maybe(field::kRepeated),
                        changes(),
                        field::kRegistry};
    return Schema("Finished work that was sent a step back.")
        .ok("reopened", fields)
        .would("reopened", fields)
        .fail({held(),
               {"nothing_to_reopen", "no site of the batch can go a step back"},
               stale_claim_refusal(),
               not_claimed_refusal(),
               transition_refusal()})
        .error(kChangeErrors);
  }

  Result<Outcome> run(const Context& context) const {
    ForceOptions reason;
    reason.why = why;
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token, reason));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
    return carry_out(queue, write, Request{ReopenRequest{work.target()}, caller},
                     [](const Answer&) { return Outcome::ok("reopened"); });
  }
};

}  // namespace

int reopen_main(const Operation& self, int argc, const char* const* argv) { return run_tool<Reopen>(self, argc, argv); }

}  // namespace smbatcher
