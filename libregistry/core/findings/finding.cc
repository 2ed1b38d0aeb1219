#include "libregistry/core/findings/finding.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "libregistry/core/findings/rules.h"

namespace smbatcher {
namespace {

Severity severity_named(const std::string& level) {
  if (level == "off") {
    return Severity::kOff;
  }
  return level == "warn" ? Severity::kWarning : Severity::kError;
}

}  // namespace

Severity default_severity(std::string_view rule) {
  const Rule* const found = find_rule(rule);
  return found == nullptr ? Severity::kError : found->severity;
}

std::vector<Finding> with_levels(std::vector<Finding> findings, const RuleLevels& levels) {
  for (Finding& finding : findings) {
    if (const auto level = levels.find(finding.rule); level != levels.end()) {
      finding.severity = severity_named(level->second);
    }
  }
  std::erase_if(findings, [](const Finding& finding) { return finding.severity == Severity::kOff; });
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
  });
  return findings;
}

Finding make_finding(std::string_view rule, std::string file, std::size_t line, std::size_t column,
                     std::string message) {
  return {std::move(file), line, column, std::string(rule), default_severity(rule), std::move(message), 0, 0};
}

std::size_t count_errors(const std::vector<Finding>& findings) {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [](const Finding& finding) { return finding.severity == Severity::kError; }));
}

}  // namespace smbatcher
