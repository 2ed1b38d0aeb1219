#include "libregistry/queue/verbs/complete.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct Lock {
  static constexpr std::string_view kSummary = "close a batch's designs and make it ready to implement";
  static constexpr Effect kEffect = Effect::kChanges;
  WorkOptions work;
  std::optional<std::string> positional;
  ForceOptions force;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.positional("BATCH", positional, "the batch; the next one when none is named")
        .must_be(is_batch_id, "a batch id")
        .excludes("--batch");
    work.declare(options, WorkOptions::Domains::kNone);
    force.declare(options);
    write.declare(options);
    options.example("smbatcher lock 003", "close the designs of batch 003: D -> O, ready to implement");
  }

  static Schema schema() {
    const Fields fields{field::kBatch, field::kPhase,   field::kSites.means("the domains now at O"),
                        field::kFrom,  field::kStatus,  maybe(field::kRepeated),
                        changes(),     field::kRegistry};
    return Schema("A batch whose designs are closed: ready to implement.")
        .ok("locked", fields)
        .would("locked", fields)
        .fail({{"no_domains", "no site to lock"},
               {"not_ready", "the batch cannot be claimed in this phase", {field::kBatch, field::kWhyNot}},
               held(),
               stale_claim_refusal(),
               not_claimed_refusal()})
        .error(kChangeErrors);
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token, force));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
    const auto batch = positional ? positional : work.batch;
    return carry_out(queue, write, Request{LockRequest{batch}, caller},
                     [](const Answer& answer) { return Outcome::ok("locked", answer.batch); });
  }
};

}  // namespace

int lock_main(const Operation& self, int argc, const char* const* argv) { return run_tool<Lock>(self, argc, argv); }

}  // namespace smbatcher
