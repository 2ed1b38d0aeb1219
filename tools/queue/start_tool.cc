#include "tools/queue/start_tool.h"

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

Result<Outcome> StartTool::run(const Context& context) const {
  SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token));
  SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, {}, false}));
  SMB_TRY_ASSIGN(ClaimRequest request, claim_request(queue, write, lease, phase, work.token));
  request.begins = true;
  return carry_out(queue, write, Request{StartRequest{request, work.target()}, {}}, [&](const Answer& answer) {
    Outcome outcome = Outcome::ok("marked_in_progress");
    outcome.add("next", next_commands(context, queue, answer));
    outcome.line(describe_lease(answer));
    outcome.warn(lease.warnings());
    return outcome;
  });
}

}  // namespace smbatcher
