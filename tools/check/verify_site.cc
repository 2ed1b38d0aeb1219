#include "libregistry/sites/whole/verify_site.h"

#include <algorithm>
#include <array>

#include "libregistry/core/base/text.h"
#include "tools/check/check_targets.h"
#include "tools/check/finding_report.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

constexpr auto kParts = std::to_array<std::string_view>({"files", "html", "scripts", "design", "links"});

struct VerifySite {
  static constexpr std::string_view kSummary = "all checks of a site, its links and its images";
  static constexpr Effect kEffect = Effect::kReads;
  static constexpr bool kHasFindingFormats = true;
  TargetOptions target;
  FindingOptions report;

  void declare(OptionSet& options) {
    target.declare(options, false);
    report.declare(options);
    options.example("smbatcher verify-site bakery.example", "is the site good as it is?");
    options.example("smbatcher verify-site --path build --format sarif", "a folder, for a program that shows findings");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(CheckTargets found, find_targets(context, target, false));
    std::vector<Finding> findings;
    std::vector<std::string> sites;
    std::vector<std::string> failed;
    std::size_t files = 0;
    std::vector<VerifyRequest> requests;
    for (const CheckTarget& each : found.targets) {
      requests.push_back({each.path, each.shown, each.domain});
      sites.push_back(each.shown);
    }
    SMB_TRY_ASSIGN(const std::vector<Verification> verified, verify_sites(context.ops, found.config, requests));
    for (const Verification& site : verified) {
      findings.insert(findings.end(), site.findings.begin(), site.findings.end());
      failed.insert(failed.end(), site.failed_parts.begin(), site.failed_parts.end());
      files += site.files;
    }
    std::vector<std::string> parts;
    for (const std::string_view part : kParts) {
      if (std::find(failed.begin(), failed.end(), part) != failed.end()) {
        parts.emplace_back(part);
      }
    }
    if (parts.empty() && findings_fail(report, findings)) {
      parts.emplace_back("warnings");
    }
    Outcome outcome = tell_findings(report, context, "verification_passed", "verification_failed", join(parts, ", "),
                                    findings, files);
    outcome.add("failed", parts).add("sites", sites);
    return std::move(outcome.warn(std::move(found.warnings)));
  }
};

}  // namespace

int verify_site_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<VerifySite>(self, argc, argv);
}

}  // namespace smbatcher
