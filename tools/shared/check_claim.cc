#include "libregistry/queue/verbs/renew.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

constexpr Field<std::chrono::seconds> kSecondsLeft{
    "seconds_left", "until the lease ends; 0 when it has ended and nobody took the work"};

struct CheckClaim {
  static constexpr std::string_view kSummary = "ask whether a claim still holds, before work and before a push";
  static constexpr Effect kEffect = Effect::kReads;
  WorkOptions work;
  PhaseOption phase;
  WriteOptions write;

  void declare(OptionSet& options) {
    work.declare(options, WorkOptions::Domains::kNone);
    phase.declare(options, "the phase, where the batch is claimed in both");
    options.text("--owner NAME", write.owner, "the owner of the claim, where no token is given");
    options.example("smbatcher check-claim --batch 003 --token 17",
                    "is it still mine? right before work and before a push");
  }

  static Schema schema() {
    return Schema("Whether a claim still holds.")
        .ok("held",
            Fields{kSecondsLeft, field::kBatch, field::kPhase, field::kSites.means("the domains of the claim")} +
                lease_fields() +
                Fields{maybe(field::kRemaining), maybe(field::kLate), field::kChanges.means("always empty"),
                       field::kRegistry})
        .fail({held(), stale_claim_refusal(), not_claimed_refusal()})
        .error(kReadErrors);
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context));
    SMB_TRY_ASSIGN(Answer answer,
                   preview(queue, Request{RenewRequest{phase.value(), work.target(), Renewal::kCheck}, caller}));
    const auto left = seconds_left(*answer.lease, queue.clock->now(), queue.config.clock_skew);
    Outcome outcome = Outcome::ok("held", std::to_string(left.count()));
    add(outcome, kSecondsLeft, left);
    outcome.line("the lease lasts another " + describe_duration(left));
    answer.rows.clear();
    add_answer(outcome, queue, answer);
    return std::move(outcome.warn(std::move(answer.warnings)));
  }
};

}  // namespace

int check_claim_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CheckClaim>(self, argc, argv);
}

}  // namespace smbatcher
