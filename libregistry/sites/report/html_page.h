#pragma once

#include <string>

#include "libregistry/sites/report/registry_report.h"

namespace smbatcher {

/// The report as one HTML page that needs nothing else: no script, no other file, charts as inline SVG with a table
/// beside each, for light and dark screens and for phones. Source: docs/reports.md, "The page".
std::string render_page(const RegistryReport& report);

/// "in design" for Status::kDesigning: a status in words.
std::string_view words_for(Status status);

}  // namespace smbatcher
