#include "libregistry/sites/scripts/check_scripts.h"
#include "tools/check/check_targets.h"
#include "tools/check/finding_report.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct CheckJs {
  static constexpr std::string_view kSummary = "check the syntax of scripts, modules and inline scripts";
  static constexpr Effect kEffect = Effect::kReads;
  static constexpr bool kHasFindingFormats = true;
  TargetOptions target;
  FindingOptions report;
  std::string node = "node";
  std::optional<std::chrono::seconds> timeout;

  void declare(OptionSet& options) {
    target.declare(options, true);
    options.text("--node PROGRAM", node, "the Node.js that judges");
    options.duration("--node-timeout TIME", timeout, "how long it may take (default: 60s)");
    report.declare(options);
    options.example("smbatcher check-js sites/bakery.example", "all scripts of a folder, those in its pages too");
    options.example("smbatcher check-js bakery.example --format json", "a site, for a program");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(CheckTargets found, find_targets(context, target, true));
    std::vector<ScriptTarget> targets;
    for (const CheckTarget& each : found.targets) {
      targets.push_back({each.path, each.shown, each.is_folder});
    }
    ScriptEngine engine{node};
    engine.timeout = timeout ? std::chrono::milliseconds(*timeout) : engine.timeout;
    SMB_TRY_ASSIGN(const CheckedScripts checked, check_scripts(targets, engine));
    std::vector<Finding> findings;
    for (const TargetScripts& each : checked.targets) {
      findings.insert(findings.end(), each.findings.begin(), each.findings.end());
    }
    SMB_TRY_ASSIGN(Outcome outcome,
                   report_findings(report, context, "js_valid", "js_syntax_errors",
                                   with_levels(std::move(findings), found.config.rules), checked.files, ""));
    outcome.add("scripts", static_cast<std::uint64_t>(checked.scripts));
    return std::move(outcome.warn(std::move(found.warnings)));
  }
};

}  // namespace

int check_js_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CheckJs>(self, argc, argv);
}

}  // namespace smbatcher
