#include "tools/check/finding_report.h"

#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/findings/report.h"
#include "libregistry/core/findings/rules.h"

namespace smbatcher {
namespace {

std::optional<FindingFormat> finding_format(Format format) {
  switch (format) {
    case Format::kJunit:
      return FindingFormat::kJunit;
    case Format::kSarif:
      return FindingFormat::kSarif;
    case Format::kGithub:
      return FindingFormat::kGithub;
    default:
      return std::nullopt;
  }
}

std::string summary(std::size_t files, std::size_t errors, std::size_t warnings) {
  return counted(files, "file") + ", " + counted(errors, "error") + ", " + counted(warnings, "warning");
}

}  // namespace

void FindingOptions::declare(OptionSet& options) {
  options.number("--max-warnings N", max_warnings, "fail when there are more warnings than that (default: any number)");
}

bool findings_fail(const FindingOptions& options, const std::vector<Finding>& findings) {
  const std::size_t errors = count_errors(findings);
  return errors > 0 || (options.max_warnings && findings.size() - errors > *options.max_warnings);
}

Outcome tell_findings(const FindingOptions& options, const Context& context, OkWord ok_word, FailWord fail_word,
                      std::string fail_details, const std::vector<Finding>& findings, std::size_t files_checked) {
  const std::size_t errors = count_errors(findings);
  const std::size_t warnings = findings.size() - errors;
  const bool fails = findings_fail(options, findings);
  std::string message = summary(files_checked, errors, warnings);
  if (errors == 0 && fails) {
    message += ": more than --max-warnings " + std::to_string(*options.max_warnings);
  }
  Outcome outcome = fails ? Outcome::fail(fail_word, std::move(fail_details), message) : Outcome::ok(ok_word);
  const std::vector<Rule> rules(kRules.begin(), kRules.end());
  JsonArray array;
  for (const Finding& finding : findings) {
    array.push_back(to_json(finding));
    outcome.line(describe(finding));
  }
  outcome.add("findings", std::move(array))
      .add("errors", static_cast<std::uint64_t>(errors))
      .add("warned", static_cast<std::uint64_t>(warnings))
      .add("files", static_cast<std::uint64_t>(files_checked));
  if (const auto format = finding_format(context.common.format)) {
    const std::string document = render_findings(findings, rules, *format, context.tool);
    outcome.document(*format == FindingFormat::kGithub ? outcome.headline() + "\n" + document : document);
  }
  return outcome;
}

Result<Outcome> report_findings(const FindingOptions& options, const Context& context, OkWord ok_word,
                                FailWord fail_word, const std::vector<Finding>& findings, std::size_t files_checked,
                                std::string_view unit) {
  const std::string details =
      unit.empty() ? std::to_string(count_errors(findings)) : counted(count_errors(findings), unit);
  return tell_findings(options, context, ok_word, fail_word, details, findings, files_checked);
}

}  // namespace smbatcher
