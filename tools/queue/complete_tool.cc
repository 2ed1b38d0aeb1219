#include "tools/queue/complete_tool.h"

#include <algorithm>

#include "libregistry/core/base/text.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/phase_check.h"

namespace smbatcher {
namespace {

/// "b.example, c.example (not in the registry)"
std::string describe_remaining(const Answer& answer) {
  std::vector<std::string> domains = answer.remaining;
  for (std::string& domain : domains) {
    const bool is_absent = std::find(answer.absent.begin(), answer.absent.end(), domain) != answer.absent.end();
    domain += is_absent ? " (not in the registry)" : "";
  }
  return join(domains, ", ");
}

Outcome completed(Phase phase, std::size_t passed, std::size_t asked) {
  return phase == Phase::kDesign ? Outcome::ok("marked_complete")
                                 : Outcome::ok("marked_complete", std::to_string(passed) + "/" + std::to_string(asked));
}

}  // namespace

void CompleteTool::declare(OptionSet& options) {
  work.declare(options, WorkOptions::Domains::kPositional);
  options.flag("--phase-of-claim", phase_of_claim, "complete in the phase of the claim, whichever it is");
  options.flag("--passing", passing, "complete the sites that pass and list the rest");
  options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
  force.declare(options);
  write.declare(options);
  const std::string name = "smbatcher " + std::string(rule_of(phase).name) + "-complete ";
  options.example(name + "--batch 003 --token 17", "all sites of the claim");
  options.example(name + "--token 17 bakery.example", "one site; the claim goes on for the others");
}

Schema CompleteTool::schema_of(Literal description) {
  const Fields fields{field::kBatch,
                      field::kPhase,
                      field::kSites.means("the domains that are complete"),
                      field::kFrom,
                      field::kStatus,
                      maybe(field::kRemaining),
                      maybe(field::kRepeated),
                      maybe(field::kLate),
                      changes(),
                      field::kRegistry};
  const Fields lacks{maybe(field::kMissing), maybe(shared(field::kLacking))};
  return Schema(description)
      .ok("marked_complete", lacks + fields)
      .would("marked_complete", fields)
      .fail({{"missing_headings", "the design lacks them; nothing was changed", lacks},
             {"missing_files", "they are absent or empty; nothing was changed", lacks},
             held(),
             stale_claim_refusal(),
             not_claimed_refusal(),
             transition_refusal()})
      .error(kChangeErrors);
}

Result<Outcome> CompleteTool::failed(const QueueContext& queue, const Lacks& failures, const Answer& targets) const {
  // Headings of the one site that was asked for need no name in front.
  const bool bare = *targets.phase == Phase::kDesign && targets.sites.size() == 1;
  const bool some_pass = failures.size() < targets.remaining.size();
  SMB_TRY_ASSIGN(Lacking lacking, lacking_of(queue, *targets.phase, failures));
  Outcome outcome = Outcome::fail(lack_of(*targets.phase), describe(failures, bare),
                                  some_pass && !passing ? "nothing was changed; --passing completes the sites that pass"
                                                        : "nothing was changed; add what is missing and call again");
  for (std::string& line : lacking.lines) {
    outcome.line(std::move(line));
  }
  add(outcome, field::kMissing, failures);
  add(outcome, field::kLacking, std::move(lacking.json));
  return outcome;
}

Result<Outcome> CompleteTool::run(const Context& context) const {
  SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token, force));
  SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, root, false}));
  SMB_TRY_ASSIGN(
      const Answer targets,
      preview(queue, Request{CompleteRequest{phase_of_claim ? std::nullopt : std::optional(phase), work.target(), true},
                             caller}));
  const Phase claimed = *targets.phase;
  Lacks failures;
  for (const std::string& domain : targets.remaining) {
    SMB_TRY_ASSIGN(std::vector<std::string> lacks, phase_lacks(queue, claimed, domain));
    if (!lacks.empty()) {
      failures.emplace(domain, std::move(lacks));
    }
  }
  if (!failures.empty() && (!passing || failures.size() == targets.sites.size())) {
    return failed(queue, failures, targets);
  }
  // Exactly the sites whose files were looked at: what joins the batch meanwhile has not been checked.
  Target target = work.target();
  if (!targets.remaining.empty()) {
    target.batch = targets.batch;
    target.domains = targets.sites;
    std::erase_if(target.domains, [&failures](const std::string& domain) { return failures.contains(domain); });
  }
  SMB_TRY_ASSIGN(const Lacking lacking, lacking_of(queue, claimed, failures));
  return carry_out(queue, write, Request{CompleteRequest{claimed, target}, caller}, [&](const Answer& answer) {
    Outcome outcome = completed(claimed, answer.sites.size(), targets.sites.size());
    if (!answer.remaining.empty()) {
      outcome.line("remaining: " + describe_remaining(answer));
    }
    for (const auto& [domain, lacks] : failures) {
      outcome.line("not complete: " + domain + ": " + join(lacks, ", "));
    }
    if (!failures.empty()) {
      add(outcome, field::kMissing, failures);
      add(outcome, field::kLacking, lacking.json);
    }
    return outcome;
  });
}

}  // namespace smbatcher
