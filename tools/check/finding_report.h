#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/findings/finding.h"
#include "libregistry/core/output/outcome.h"
#include "tools/support/context.h"
#include "tools/support/options.h"

namespace smbatcher {

/// The options of every check. The tool also says `static constexpr bool kHasFindingFormats = true`, which adds junit,
/// sarif and github to --format.
struct FindingOptions {
  std::optional<std::uint64_t> max_warnings;

  void declare(OptionSet& options);
};

/// Tells findings, whose severities with_levels() has set: "OK:<ok_word>", or "FAIL:<fail_word>:<n> <unit>" where n is
/// the number of errors, and each finding on a line of its own. Warnings fail only when there are more than
/// --max-warnings. JSON has `findings`, `errors`, `warned` and `files`. Source: docs/checks.md, "Findings".
Result<Outcome> report_findings(const FindingOptions& options, const Context& context, OkWord ok_word,
                                FailWord fail_word, const std::vector<Finding>& findings, std::size_t files_checked,
                                std::string_view unit = "issue");

/// The same with details of the FAIL that are not a number.
Outcome tell_findings(const FindingOptions& options, const Context& context, OkWord ok_word, FailWord fail_word,
                      std::string fail_details, const std::vector<Finding>& findings, std::size_t files_checked);

/// True when the findings are a FAIL.
bool findings_fail(const FindingOptions& options, const std::vector<Finding>& findings);

}  // namespace smbatcher
