#include "libregistry/sites/css/compliance.h"
#include "libregistry/sites/scripts/site_files.h"
#include "tools/check/check_targets.h"
#include "tools/check/finding_report.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct CheckCompliance {
  static constexpr std::string_view kSummary = "compare a built site with its design";
  static constexpr Effect kEffect = Effect::kReads;
  static constexpr bool kHasFindingFormats = true;
  TargetOptions target;
  FindingOptions report;

  void declare(OptionSet& options) {
    target.declare(options, false);
    report.declare(options);
    options.example("smbatcher check-compliance bakery.example", "colours, fonts and sections as designed?");
    options.example("smbatcher check-compliance --path build", "a folder with its design in it");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(CheckTargets found, find_targets(context, target, false));
    std::vector<Finding> findings;
    std::vector<std::string> sites;
    std::size_t pages = 0;
    for (const CheckTarget& each : found.targets) {
      SMB_TRY_ASSIGN(const std::vector<Finding> of_site,
                     check_compliance_at(context.ops, each.path, found.config.design_file));
      for (Finding finding : of_site) {
        finding.file = each.shown + "/" + finding.file;
        findings.push_back(std::move(finding));
      }
      SMB_TRY_ASSIGN(const std::vector<std::string> names, find_site_files(each.path, {".html", ".htm"}));
      pages += names.size();
      sites.push_back(each.shown);
    }
    SMB_TRY_ASSIGN(Outcome outcome, report_findings(report, context, "full_compliance", "compliance_issues",
                                                    with_levels(std::move(findings), found.config.rules), pages, ""));
    outcome.add("sites", sites);
    return std::move(outcome.warn(std::move(found.warnings)));
  }
};

}  // namespace

int check_compliance_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CheckCompliance>(self, argc, argv);
}

}  // namespace smbatcher
