#include "tools/queue/complete_tool.h"

#include "libregistry/base/text.h"

namespace smbatcher {

void CompleteTool::declare(OptionSet& options) {
  work.declare(options, WorkOptions::Domains::kPositional);
  options.flag("--passing", passing, "complete the sites that pass and list the rest");
  options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
  force.declare(options);
  write.declare(options);
  const std::string name = "smbatcher " + std::string(rule_of(phase).name) + "-complete ";
  options.example(name + "--batch 003 --token 17", "all sites of the claim");
  options.example(name + "--token 17 bakery.example", "one site; the claim goes on for the others");
}

Error CompleteTool::failed(const Failures& failures, std::size_t asked) const {
  std::vector<std::string> parts;
  JsonObject json;
  for (const auto& [domain, lacks] : failures) {
    // Headings of the one site that was asked for need no name in front.
    const bool bare = failure == "missing_headings" && asked == 1;
    parts.push_back((bare ? "" : domain + ": ") + join(lacks, ", "));
    json.emplace_back(domain, lacks);
  }
  return refused(failure, join(parts, "; "), "nothing was changed; --passing completes the sites that pass")
      .with("missing", std::move(json));
}

Result<Outcome> CompleteTool::run(const Context& context) const {
  SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token, force));
  SMB_TRY_ASSIGN(const Queue queue, open_queue(context, {caller.owner, root, false}));
  SMB_TRY_ASSIGN(const Answer targets,
                 preview(queue, [&](Draft& draft) { return completion_targets(draft, phase, work.target(), caller); }));
  Failures failures;
  for (const std::string& domain : targets.remaining) {
    SMB_TRY_ASSIGN(std::vector<std::string> lacks, missing(queue, domain));
    if (!lacks.empty()) {
      failures.emplace(domain, std::move(lacks));
    }
  }
  if (!failures.empty() && (!passing || failures.size() == targets.sites.size())) {
    return fail(failed(failures, targets.sites.size()));
  }
  // Exactly the sites whose files were looked at: what joins the batch meanwhile has not been checked.
  Target target = work.target();
  if (!targets.remaining.empty()) {
    target.batch = targets.batch;
    target.domains = targets.sites;
    std::erase_if(target.domains, [&failures](const std::string& domain) { return failures.contains(domain); });
  }
  return carry_out(
      queue, write, [&](Draft& draft) { return complete(draft, phase, target, caller); },
      [&](const Answer& answer) {
        Outcome outcome = done(answer.sites.size(), targets.sites.size());
        JsonObject json;
        for (const auto& [domain, lacks] : failures) {
          outcome.line("not complete: " + domain + ": " + join(lacks, ", "));
          json.emplace_back(domain, lacks);
        }
        if (!failures.empty()) {
          outcome.add("missing", std::move(json));
        }
        return outcome;
      });
}

}  // namespace smbatcher
