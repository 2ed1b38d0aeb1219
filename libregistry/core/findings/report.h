#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/json.h"
#include "libregistry/core/findings/finding.h"

namespace smbatcher {

enum class FindingFormat { kText, kJson, kJunit, kSarif, kGithub };

/// Findings, in the order in which they come, as a text for people or a program. Source: docs/checks.md, "Formats".
///
/// kText: `file:line:col rule message (+5 follow-on)` a line; of a warning ` (warning)` is the end. kJson: an array of
/// objects. kJunit: a test case for each file. kSarif: 2.1.0. kGithub: workflow commands. `rules` are the ones that
/// the tool knows; `tool` is its name. Whatever bytes a path or a message has, the text is well-formed UTF-8 of its
/// kind, and in the line formats a finding stays one line.
std::string render_findings(const std::vector<Finding>& findings, const std::vector<Rule>& rules, FindingFormat format,
                            std::string_view tool);

/// "index.html:8:23 html-duplicate-id the id "x" was given before, on line 4", escaped.
std::string describe(const Finding& finding);
Json to_json(const Finding& finding);
/// "warning" or "error"; "off".
std::string_view name_of(Severity severity);

}  // namespace smbatcher
