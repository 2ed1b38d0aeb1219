#include "libregistry/audit/document.h"
#include "libregistry/audit/report.h"
#include "libregistry/core/base/text.h"
#include "tools/audit/audit_answer.h"
#include "tools/audit/audit_options.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct VerifyAudit {
  static constexpr std::string_view kSummary = "check that the report of an audit is complete";
  static constexpr Effect kEffect = Effect::kReads;
  static constexpr bool kHasRegistry = false;

  std::optional<std::string> repo;
  std::optional<std::string> day;
  AuditFileOption file;

  void declare(OptionSet& options) {
    options.positional("REPO", repo, "the repository")
        .required()
        .must_be(is_repo_name, "the name of a repository: 1 to 128 characters, no slash, no control characters");
    options.positional("DAY", day, "the day of the report; else today, or any day since its audit began")
        .must_be(is_day, "a day such as 2026-11-20");
    file.declare(options);
    options.example("smbatcher verify-audit portfolio", "is its report complete?");
  }

  Result<Outcome> run(const Context& context) const {
    auto verified = verify(context);
    return verified ? std::move(verified) : fail(with_remedy(std::move(verified).error()));
  }

 private:
  Result<Outcome> verify(const Context& context) const {
    SMB_TRY_ASSIGN(const AuditPlace place, file.find(context.ops, AuditFile::kMayBeMissing));
    SMB_TRY_ASSIGN(const ReportFindings findings,
                   find_report(context.ops, report_folders(context.ops, place, AuditSurroundings::of_process()), *repo,
                               days(context, place)));
    if (!findings.complete()) {
      Outcome outcome = Outcome::of(with_remedy(refused(
          "report_incomplete", *repo, "the report '" + findings.path + "' lacks: " + join(findings.missing, ", "))));
      outcome.add("report", findings.path).add("missing_sections", findings.missing);
      return std::move(outcome.warn(warnings(findings)));
    }
    Outcome outcome = Outcome::ok("report_valid", *repo);
    outcome.add("report", findings.path);
    return std::move(outcome.warn(warnings(findings)));
  }

  /// A queue that cannot be read is no reason not to look at a report.
  ReportDays days(const Context& context, const AuditPlace& place) const {
    if (day) {
      return ReportDays::one(*day);
    }
    const auto view = read_audit(place, audit_call(context));
    const bool is_current = view && view->work.locked && view->work.repo == *repo;
    return ReportDays::since(is_current ? view->work.started : "", context.clock.now().wall);
  }

  static std::vector<Warning> warnings(const ReportFindings& findings) {
    std::vector<Warning> all;
    for (const std::string& text : findings.warnings) {
      all.push_back({findings.path, 0, "report_doubtful", text});
    }
    return all;
  }
};

}  // namespace

int verify_audit_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<VerifyAudit>(self, argc, argv);
}

}  // namespace smbatcher
