#include "libregistry/core/base/text.h"
#include "libregistry/queue/verbs/renew.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct Heartbeat {
  static constexpr std::string_view kSummary = "renew the lease of a claim";
  static constexpr Effect kEffect = Effect::kChanges;
  WorkOptions work;
  PhaseOption phase;
  WriteOptions write;

  void declare(OptionSet& options) {
    work.declare(options, WorkOptions::Domains::kNone);
    phase.declare(options, "the phase, where the batch is claimed in both");
    write.declare(options);
    options.example("smbatcher heartbeat --batch 003 --token 17", "renew one lease");
    options.example("smbatcher heartbeat --owner anna", "renew all that anna holds");
  }

  static Schema schema() {
    const Fields claim{field::kBatch, field::kBatches.means("every batch whose lease was renewed"), field::kPhase,
                       field::kSites.means("always empty: a renewal gives no new work")};
    const Fields rest{field::kLastRenewed, maybe(field::kLate), FieldForm(field::kChanges.means("always empty")),
                      field::kRegistry};
    return Schema(
               "A renewed lease. With --owner alone all leases of the owner are renewed: batches names them, the other "
               "keys are those of the last one.")
        .ok("renewed", claim + lease_fields() + rest)
        .would("renewed", claim + rest)
        .fail({held(), stale_claim_refusal(), not_claimed_refusal()})
        .error(kChangeErrors);
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
    return carry_out(queue, write, Request{RenewRequest{phase.value(), work.target()}, caller},
                     [](const Answer&) { return Outcome::ok("renewed"); });
  }
};

}  // namespace

int heartbeat_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<Heartbeat>(self, argc, argv);
}

}  // namespace smbatcher
