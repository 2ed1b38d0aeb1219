#include "libregistry/queue/verbs/release.h"

#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct Release {
  static constexpr std::string_view kSummary = "give claimed work back";
  static constexpr Effect kEffect = Effect::kChanges;
  WorkOptions work;
  PhaseOption phase;
  ForceOptions force;
  WriteOptions write;
  std::optional<std::chrono::seconds> delay;
  bool no_attempt = false;

  void declare(OptionSet& options) {
    work.declare(options, WorkOptions::Domains::kPositional);
    phase.declare(options, "the phase, where the batch is claimed in both");
    options.duration(
        "--delay TIME", delay,
        "keep it from being given out for this long, e.g. 10m; 0 for at once (default: the config's, where "
        "an attempt is counted)");
    options.flag("--no-attempt", no_attempt, "do not count this as a failed attempt");
    force.declare(options);
    write.declare(options);
    options.example("smbatcher release --batch 003 --token 17", "give a batch back");
    options.example("smbatcher release --token 17 bakery.example --delay 10m", "give one site back for later");
    options.example("smbatcher release --token 17 --why 'no photos yet'", "say why: status shows it");
  }

  static Schema schema() {
    const Fields fields{field::kBatch,
                        field::kPhase,
                        field::kSites.means("the domains given back; empty when nothing was in progress and just the "
                                            "lease ended"),
                        field::kFrom,
                        field::kStatus,
                        maybe(field::kRemaining),
                        maybe(field::kRepeated),
                        maybe(field::kLate),
                        changes(),
                        field::kRegistry};
    Refusal stale = stale_claim_refusal();
    stale.meaning = "the token does not hold the work, the message says whether it ever did";
    return Schema("Work that was given back.")
        .ok("released", fields)
        .would("released", fields)
        .fail({held(), stale, not_claimed_refusal(), transition_refusal()})
        .error(kChangeErrors);
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token, force));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
    const ReleaseRequest request{phase.value(), work.target(), delay, !no_attempt};
    return carry_out(queue, write, Request{request, caller}, [](const Answer&) { return Outcome::ok("released"); });
  }
};

}  // namespace

int release_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<Release>(self, argc, argv);
}

}  // namespace smbatcher
