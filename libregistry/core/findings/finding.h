#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace smbatcher {

enum class Severity { kOff, kWarning, kError };

/// Something that a check found in a file. Source: docs/checks.md, "Findings".
struct Finding {
  std::string file;        // as the caller named it, or relative to the folder that was checked
  std::size_t line = 0;    // 1-based; 0 when it concerns the file as a whole
  std::size_t column = 0;  // 1-based, in bytes; 0 when it concerns the line as a whole
  std::string rule;        // a stable id, "no-duplicate-id"; each has a page below docs/rules/
  Severity severity = Severity::kError;
  std::string message;
  std::size_t follow_on = 0;   // errors that this one caused, and that are not listed
  std::size_t characters = 0;  // the column counted in code points; 0 where there is no column
};

/// A rule of a check, and how much it matters where the config does not say.
struct Rule {
  std::string_view id;
  Severity severity = Severity::kError;
  std::string_view summary;  // one line, without a full stop
};

/// `rules` of the config: an id to off, warn or error. Keys that no check knows are the config's to refuse.
using RuleLevels = std::map<std::string, std::string>;

/// What the rule matters where the config does not say: as rules.h has it; an error for a rule that is not there.
Severity default_severity(std::string_view rule);

/// Gives each finding the severity that the config has for its rule, drops those that are off, and puts them into the
/// order of file, line and column. A finding whose rule the config does not name keeps the severity that it has.
std::vector<Finding> with_levels(std::vector<Finding> findings, const RuleLevels& levels);

/// A finding of the rule, with the severity that default_severity() says. Line and column are 0 for the whole file.
Finding make_finding(std::string_view rule, std::string file, std::size_t line, std::size_t column,
                     std::string message);

std::size_t count_errors(const std::vector<Finding>& findings);

}  // namespace smbatcher
