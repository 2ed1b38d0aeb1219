#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/queue/registry/registry.h"

namespace smbatcher {

// What the readers of the formats share; for use inside libregistry/designs.

/// A site as it stands in a file, neither trimmed nor checked, and the line it begins on.
struct ListedSite {
  NewSite site;
  std::size_t line = 0;
};

/// One reader for each format. `text` is UTF-8 without NUL and without a byte order mark; `path` is for messages.
/// Errors: kMalformed "invalid_site_file" with "path:line".
Result<std::vector<ListedSite>> parse_csv_sites(std::string_view text, const std::string& path);
Result<std::vector<ListedSite>> parse_yaml_sites(std::string_view text, const std::string& path);
Result<std::vector<ListedSite>> parse_json_sites(std::string_view text, const std::string& path);

Error bad_site_file(const std::string& path, std::size_t line, std::string message);

using SiteField = std::string NewSite::*;
/// The field that a column or a key names, null for another name.
SiteField site_field(std::string_view name);

/// The field whose name is nearly `name`; empty when none is.
std::string near_field(std::string_view name);

/// "unknown key 'thme'; did you mean 'theme'?"
std::string unknown_key(std::string_view key, const std::vector<std::string>& known);
/// unknown_key() with the names of the four fields.
std::string unknown_field(std::string_view key);
/// "'name' of site 2", with `index` counted from zero.
std::string field_of_site(std::string_view key, std::size_t index);

}  // namespace smbatcher
