#include <algorithm>

#include "libregistry/core/findings/report.h"
#include "libregistry/queue/ledger/named_sites.h"
#include "libregistry/queue/verbs/complete.h"
#include "libregistry/sites/css/check_design.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "tools/queue/lacks.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/report.h"
#include "tools/queue/work_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

/// The errors that check-design finds in a site's design, as lines.
Result<std::vector<std::string>> faults_of(const QueueContext& queue, const std::string& domain) {
  SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, domain));
  SMB_TRY_ASSIGN(std::vector<Finding> findings,
                 check_design(*queue.ops, folder + "/" + queue.config.design_file, queue.config.design_file,
                              queue.config.design_required_headings));
  std::vector<std::string> faults;
  for (const Finding& finding : with_levels(std::move(findings), queue.config.rules)) {
    if (finding.severity == Severity::kError) {
      faults.push_back(describe(finding));
    }
  }
  return faults;
}

struct VerifyPostDesign {
  static constexpr std::string_view kSummary = "check all designs of a batch and mark those that pass as complete";
  static constexpr Effect kEffect = Effect::kChanges;
  WorkOptions work;
  std::optional<std::string> root;
  ForceOptions force;
  WriteOptions write;

  void declare(OptionSet& options) {
    work.declare(options, WorkOptions::Domains::kNone);
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    force.declare(options);
    write.declare(options);
    options.example("smbatcher verify-post-design --batch 003 --token 17",
                    "check all designs, complete those that pass");
    options.example("smbatcher verify-post-design --batch 003 --dry-run", "see which pass");
  }

  /// The claim is checked, then the designs (without the lock), then the claim again with the change. Designs that are
  /// complete already are checked as well; that one of them fails changes nothing but the count.
  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const Caller caller, caller_of(write, work.token, force));
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {caller.owner, root, false}));
    SMB_TRY_ASSIGN(const bool is_complete, has_nothing_to_do(queue));
    Answer targets;
    if (is_complete) {
      targets.batch = *work.batch;
    } else {
      SMB_TRY_ASSIGN(targets, preview(queue, Request{CompleteRequest{Phase::kDesign, work.target(), true}, caller}));
    }
    SMB_TRY_ASSIGN(const std::vector<std::string> done, done_sites(queue, targets));
    std::vector<std::string> checked = targets.sites;
    checked.insert(checked.end(), done.begin(), done.end());
    Lacks failures;
    for (const std::string& domain : checked) {
      SMB_TRY_ASSIGN(std::vector<std::string> faults, faults_of(queue, domain));
      if (!faults.empty()) {
        failures.emplace(domain, std::move(faults));
      }
    }
    const std::size_t passed = checked.size() - failures.size();
    if (passed == 0) {
      return fail(refused("no_designs_passed", "", describe(failures)).with("missing", to_json(failures)));
    }
    Target target{targets.batch, passing(targets.sites, failures)};
    if (target.domains.empty()) {
      target.domains = passing(done, failures);
    }
    const auto to_outcome = [&](const Answer&) { return told(passed, checked.size(), failures); };
    if (is_complete) {
      return tell(queue, write, unchanged(target), to_outcome);
    }
    return carry_out(queue, write, Request{CompleteRequest{Phase::kDesign, target}, caller}, to_outcome);
  }

 private:
  /// Whether the designs of the batch that is named are all complete: nobody needs a claim to look at them.
  Result<bool> has_nothing_to_do(const QueueContext& queue) const {
    if (!work.batch || work.token || force.force) {
      return false;
    }
    SMB_TRY_ASSIGN(const NamedSites named, find_named(queue, {}, work.batch));
    return !named.sites.empty() && std::all_of(named.sites.begin(), named.sites.end(), [](const NamedSite& site) {
      return site.status == rule_of(Phase::kDesign).done;
    });
  }

  static Answer unchanged(const Target& target) {
    Answer answer;
    answer.batch = *target.batch;
    answer.phase = Phase::kDesign;
    answer.from = rule_of(Phase::kDesign).in_progress;
    answer.status = rule_of(Phase::kDesign).done;
    answer.repeated = true;
    answer.sites = target.domains;
    return answer;
  }

  /// Those of the batch whose design is complete already, and that are not among the targets.
  static Result<std::vector<std::string>> done_sites(const QueueContext& queue, const Answer& targets) {
    SMB_TRY_ASSIGN(const NamedSites named, find_named(queue, {}, targets.batch));
    std::vector<std::string> done;
    for (const NamedSite& site : named.sites) {
      const bool is_target = std::find(targets.sites.begin(), targets.sites.end(), site.domain) != targets.sites.end();
      if (site.status == rule_of(Phase::kDesign).done && !is_target) {
        done.push_back(site.domain);
      }
    }
    return done;
  }

  static std::vector<std::string> passing(std::vector<std::string> domains, const Lacks& failures) {
    std::erase_if(domains, [&failures](const std::string& domain) { return failures.contains(domain); });
    return domains;
  }

  static Outcome told(std::size_t passed, std::size_t checked, const Lacks& failures) {
    Outcome outcome = Outcome::ok("verified", std::to_string(passed) + "/" + std::to_string(checked));
    for (const auto& [domain, faults] : failures) {
      for (const std::string& fault : faults) {
        std::string line = "not verified: ";
        line.append(domain).append(": ").append(fault);
        outcome.line(std::move(line));
      }
    }
    if (!failures.empty()) {
      outcome.add("missing", to_json(failures));
    }
    outcome.add("passed", static_cast<std::uint64_t>(passed)).add("checked", static_cast<std::uint64_t>(checked));
    return outcome;
  }
};

}  // namespace

int verify_post_design_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<VerifyPostDesign>(self, argc, argv);
}

}  // namespace smbatcher
