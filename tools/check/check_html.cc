#include <algorithm>
#include <iterator>

#include "libregistry/sites/html/check_pages.h"
#include "libregistry/sites/scripts/site_files.h"
#include "tools/check/check_targets.h"
#include "tools/check/finding_report.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct CheckHtml {
  static constexpr std::string_view kSummary = "validate HTML: file, line, column and rule of each finding";
  static constexpr Effect kEffect = Effect::kReads;
  static constexpr bool kHasFindingFormats = true;
  TargetOptions target;
  FindingOptions report;

  void declare(OptionSet& options) {
    target.declare(options, true);
    report.declare(options);
    options.example("smbatcher check-html sites/bakery.example", "all pages in a folder");
    options.example("smbatcher check-html --batch 003 --format github", "a batch, for the log of a workflow");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(CheckTargets found, find_targets(context, target, true));
    std::vector<PageToCheck> pages;
    for (const CheckTarget& each : found.targets) {
      if (!each.is_folder) {
        pages.push_back({each.path, each.shown});
        continue;
      }
      SMB_TRY_ASSIGN(const std::vector<std::string> names, find_site_files(each.path, {".html", ".htm"}));
      for (const std::string& name : names) {
        pages.push_back({each.path + "/" + name, each.shown_file(name)});
      }
    }
    std::vector<Finding> findings;
    for (Result<std::vector<Finding>>& checked : check_pages(context.ops, pages)) {
      SMB_TRY_ASSIGN(std::vector<Finding> of_page, std::move(checked));
      std::move(of_page.begin(), of_page.end(), std::back_inserter(findings));
    }
    findings = with_levels(std::move(findings), found.config.rules);
    SMB_TRY_ASSIGN(Outcome outcome,
                   report_findings(report, context, "html_valid", "html_invalid", findings, pages.size()));
    return std::move(outcome.warn(std::move(found.warnings)));
  }
};

}  // namespace

int check_html_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CheckHtml>(self, argc, argv);
}

}  // namespace smbatcher
