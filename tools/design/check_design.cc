#include "libregistry/sites/css/check_design.h"

#include "libregistry/core/base/ids.h"
#include "tools/check/check_targets.h"
#include "tools/check/finding_report.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct CheckDesign {
  static constexpr std::string_view kSummary = "check designs: headings, front matter, palette, fonts, contrast";
  static constexpr Effect kEffect = Effect::kReads;
  static constexpr bool kHasFindingFormats = true;
  TargetOptions target;
  FindingOptions report;

  void declare(OptionSet& options) {
    options.positionals("DOMAIN", target.names, "the sites").excludes("--batch");
    options.list("--path PATH", target.folders, "this document, or the one in this folder, instead of a site's");
    options.text("--batch ID", target.batch, "all sites of this batch").must_be(is_batch_id, "a batch id");
    options.text("--root DIR", target.root, "the folder that the sites' folder is in, where it is not the work tree");
    report.declare(options);
    options.example("smbatcher check-design bakery.example", "is the design complete and readable?");
    options.example("smbatcher check-design --path DESIGN.md --max-warnings 0", "a document; warnings fail too");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(CheckTargets found, find_targets(context, target, true));
    std::vector<Finding> findings;
    std::vector<std::string> designs;
    for (const CheckTarget& each : found.targets) {
      const std::string inside = each.is_folder ? "/" + found.config.design_file : std::string();
      SMB_TRY_ASSIGN(
          const std::vector<Finding> of_design,
          check_design(context.ops, each.path + inside, each.shown + inside, found.config.design_required_headings));
      findings.insert(findings.end(), of_design.begin(), of_design.end());
      designs.push_back(each.shown + inside);
    }
    SMB_TRY_ASSIGN(Outcome outcome,
                   report_findings(report, context, "check_passed", "check_failed",
                                   with_levels(std::move(findings), found.config.rules), designs.size(), "failure"));
    outcome.add("designs", designs);
    return std::move(outcome.warn(std::move(found.warnings)));
  }
};

}  // namespace

int check_design_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CheckDesign>(self, argc, argv);
}

}  // namespace smbatcher
