#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/findings/finding.h"

namespace smbatcher {

// One function for each format that is not ours. For use inside libregistry/findings.

std::string render_junit(const std::vector<Finding>& findings, std::string_view tool);
std::string render_sarif(const std::vector<Finding>& findings, const std::vector<Rule>& rules, std::string_view tool);
std::string render_github(const std::vector<Finding>& findings);

/// The message, and how many errors it stands for: "… (+5 follow-on)".
std::string message_of(const Finding& finding);

}  // namespace smbatcher
