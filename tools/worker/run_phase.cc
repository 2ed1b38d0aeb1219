#include "tools/worker/run_phase.h"

#include "libregistry/core/base/ids.h"
#include "libregistry/sites/designs/site_list.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/worker/hand_out.h"

namespace smbatcher {
namespace {

constexpr std::uint64_t kMostJobs = 64;

}  // namespace

void RunPhase::declare(OptionSet& options) {
  options.text("--batch ID", batch, "just this batch").must_be(is_batch_id, "a batch id");
  options.list("--sites TEXT", sites, "just this registered site, as domain:Name:Description:Theme").excludes("--loop");
  options.number("--token N", token, "go on with the claim of this number, no matter who owns it");
  options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
  lease.declare(options);
  write.declare(options);
  options.group("Working with a command");
  options.text("--exec CMD", command, "run this by /bin/sh for each site of the claim, and record what came of it");
  options.number("--jobs N", jobs, "so many at once");
  options.duration("--timeout TIME", timeout, "end a command that takes longer (default: 1h)");
  if (phase == Phase::kImplement) {
    options.flag("--verify", verify, "a site must pass verify-site too");
  }
  options.flag("--loop", loop, "go on with the next batch, until nothing can be claimed");
  options.number("--max-failures N", max_failures, "end a loop after so many batches in a row without a success");
  options.duration("--wait TIME", wait, "wait so long for work that is held, delayed or not ready yet");
  const std::string name = "smbatcher " + std::string(rule_of(phase).name) + "-run";
  options.example(name + " --owner anna", "claim a batch, prepare its sites, and print what to do");
  options.example(name + " --batch 003 --token 17", "later: complete the sites that pass, and list the rest");
  options.example(name + " --exec './agent.sh \"$SMBATCHER_BRIEF\"' --loop --wait 10m",
                  "a worker: run an agent for each site until the queue is empty");
}

Result<void> RunPhase::check() const {
  if (!command && (loop || verify || wait || timeout || jobs != 1)) {
    return fail(usage_error("missing_argument",
                            "--jobs, --timeout, --verify, --loop and --wait are for --exec CMD: name the command"));
  }
  if (command && lease.pid) {
    return fail(usage_error("invalid_argument", "--pid cannot be used with --exec: the claim ends with this worker"));
  }
  if (command && write.dry_run && loop) {
    return fail(usage_error("invalid_argument", "--dry-run shows the next claim only: leave --loop out"));
  }
  if (max_failures && (!loop || *max_failures == 0)) {
    return fail(usage_error("invalid_argument", "--max-failures N is for --loop, and N is 1 or more"));
  }
  if (jobs == 0 || jobs > kMostJobs) {
    return fail(usage_error("invalid_argument",
                            "--jobs " + std::to_string(jobs) + " is not between 1 and " + std::to_string(kMostJobs)));
  }
  if (timeout && timeout->count() == 0) {
    return fail(usage_error("invalid_argument", "--timeout 0 would end every command at once: write 90s, 30m or 2h"));
  }
  return {};
}

Result<Outcome> RunPhase::run(const Context& context) const {
  SMB_TRY(check());
  RunClaim claim;
  for (const std::string& text : sites) {
    SMB_TRY_ASSIGN(NewSite site, parse_site_text(text));
    claim.domains.push_back(std::move(site.domain));
  }
  SMB_TRY_ASSIGN(const auto owner, write.named_owner());
  SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {owner, root, false}));
  SMB_TRY_ASSIGN(claim.request, claim_request(queue, write, lease, phase, token));
  claim.request.batch = batch;
  claim.request.through_lock = true;
  claim.names_root = root.has_value();
  if (write.dry_run) {
    SMB_TRY_ASSIGN(Answer answer, preview(queue, claim.asked()));
    if (answer.refusal) {
      return fail(in_words_of(phase, *answer.refusal));
    }
    return tell(queue, write, std::move(answer), [&](const Answer& would) {
      return Outcome::ok(phase == Phase::kDesign ? OkWord("sites_claimed") : OkWord("batch_claimed"), would.batch);
    });
  }
  auto outcome =
      command ? work(context, queue,
                     {std::move(claim),
                      {{*command, timeout.value_or(std::chrono::hours(1))}, static_cast<std::size_t>(jobs), verify},
                      loop,
                      wait,
                      max_failures})
              : hand_out(context, queue, claim);
  return outcome ? std::move(outcome) : Result<Outcome>(fail(in_words_of(phase, outcome.error())));
}

}  // namespace smbatcher
