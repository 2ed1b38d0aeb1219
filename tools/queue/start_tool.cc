#include "tools/queue/start_tool.h"

#include "tools/queue/answer_fields.h"

namespace smbatcher {

void StartTool::declare(OptionSet& options) {
  work.declare(options, WorkOptions::Domains::kPositional);
  lease.declare(options);
  write.declare(options);
  const std::string name = "smbatcher " + std::string(rule_of(phase).name) + "-start ";
  options.example(name + "--batch 003 --owner anna", "claim a batch");
  options.example(name + "bakery.example --owner anna", "claim one site of a batch, and begin it");
  options.example(name + "bakery.example --token 17", "begin one site of the batch that is claimed");
}

Schema StartTool::schema_of(Literal description) {
  const FieldForm next =
      shared(object_of(field::kNext, {maybe(field::kComplete), maybe(field::kRenew), maybe(field::kGiveBack)}));
  const Fields claim{field::kBatch, field::kPhase,  field::kSites.means("the domains in progress"),
                     field::kFrom,  field::kStatus, field::kAction};
  const Fields rest{maybe(field::kLastRenewed), maybe(field::kRepeated), changes(), field::kRegistry};
  return Schema(description)
      .ok("marked_in_progress", Fields{next} + claim + lease_fields() + rest)
      .would("marked_in_progress", claim + rest)
      .fail({held(),
             {"owner_busy",
              "this owner holds another batch of the phase",
              {field::kBatch, field::kToken.means("of owner_busy: the claim to release")}},
             {"owner_in_use", "the owner's claim is bound to another living process", {field::kBatch, field::kOwner}},
             {"not_ready",
              "the batch cannot be claimed in this phase",
              {field::kBatch, field::kLeastStatus, field::kWhyNot}},
             stale_claim_refusal(),
             not_claimed_refusal(),
             transition_refusal(),
             {"buried", "the site is held back"}})
      .error(kChangeErrors);
}

Result<Outcome> StartTool::run(const Context& context) const {
  SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token));
  SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
  SMB_TRY_ASSIGN(ClaimRequest request, claim_request(queue, write, lease, phase, work.token));
  request.begins = true;
  return carry_out(queue, write, Request{StartRequest{request, work.target()}, {}}, [&](const Answer& answer) {
    Outcome outcome = Outcome::ok("marked_in_progress");
    add(outcome, field::kNext, next_commands(context, queue, answer));
    outcome.line(describe_lease(answer));
    outcome.warn(lease.warnings());
    return outcome;
  });
}

}  // namespace smbatcher
