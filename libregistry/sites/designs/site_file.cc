#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "libregistry/core/base/text.h"
#include "libregistry/core/config/yaml.h"
#include "libregistry/core/fs/snapshot.h"
#include "libregistry/sites/designs/site_formats.h"
#include "libregistry/sites/designs/site_list.h"

namespace smbatcher {
namespace {

constexpr auto kFields = std::to_array<std::pair<std::string_view, SiteField>>({{"domain", &NewSite::domain},
                                                                                {"name", &NewSite::name},
                                                                                {"description", &NewSite::description},
                                                                                {"theme", &NewSite::theme}});

std::vector<std::string> field_names() {
  std::vector<std::string> names(kFields.size());
  std::transform(kFields.begin(), kFields.end(), names.begin(),
                 [](const auto& field) { return std::string(field.first); });
  return names;
}

using Parser = Result<std::vector<ListedSite>> (*)(std::string_view text, const std::string& path);

Parser parser_for(const std::string& path) {
  constexpr auto kParsers = std::to_array<std::pair<std::string_view, Parser>>({{".csv", parse_csv_sites},
                                                                                {".yaml", parse_yaml_sites},
                                                                                {".yml", parse_yaml_sites},
                                                                                {".json", parse_json_sites}});
  const std::string lower = to_lower(path);
  for (const auto& [ending, parser] : kParsers) {
    if (lower.ends_with(ending)) {
      return parser;
    }
  }
  return nullptr;
}

Error about(const std::string& path, Error error) {
  error.where = path;
  return error;
}

Result<void> check_bytes(std::string_view text, const std::string& path) {
  const auto line_of = [text](std::size_t offset) {
    return 1 +
           static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
  };
  if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
    return fail(bad_site_file(path, line_of(bad), "not UTF-8 text; save the file as UTF-8"));
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return fail(bad_site_file(path, line_of(nul), "a NUL byte stands in the text; remove it"));
  }
  return {};
}

/// Moves the sites out of `listed`, trimmed and checked.
Result<std::vector<NewSite>> checked_sites(std::vector<ListedSite>& listed, const std::string& path) {
  std::vector<NewSite> sites;
  sites.reserve(listed.size());
  std::unordered_map<std::string, std::size_t> first_lines;
  for (auto& [site, line] : listed) {
    for (const auto& [name, field] : kFields) {
      site.*field = std::string(trim(site.*field));
    }
    site.domain = to_lower(site.domain);
    const std::string shown = "'" + escape_control(site.domain) + "'";
    if (!is_domain(site.domain)) {
      return fail(malformed("invalid_domain", place(path, line), shown + " is not a host name such as bakery.example")
                      .with("domain", site.domain));
    }
    if (const auto [first, is_new] = first_lines.emplace(site.domain, line); !is_new) {
      return fail(malformed("duplicate_domain", place(path, line),
                            shown + " stands twice; the first is on line " + std::to_string(first->second))
                      .with("domain", site.domain));
    }
    sites.push_back(std::move(site));
  }
  return sites;
}

}  // namespace

Result<std::vector<NewSite>> read_site_file(FileOps& ops, const std::string& path) {
  const Parser parse = parser_for(path);
  if (parse == nullptr) {
    return fail(about(
        path, usage_error("invalid_argument",
                          "'" + path + "' must end in .csv, .yaml, .yml or .json: the ending says how it is read")));
  }
  SMB_TRY_ASSIGN(const std::string bytes, read_file(ops, path, kLargestText));
  std::string_view text = bytes;
  if (text.starts_with(kByteOrderMark)) {
    text.remove_prefix(kByteOrderMark.size());
  }
  SMB_TRY(check_bytes(text, path));
  std::vector<ListedSite> listed;
  if (text.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    SMB_TRY_ASSIGN(listed, parse(text, path));
  }
  if (listed.empty()) {
    return fail(about(path, usage_error("no_sites", "'" + path + "' names no site; add at least one")));
  }
  return checked_sites(listed, path);
}

Error bad_site_file(const std::string& path, std::size_t line, std::string message) {
  return malformed("invalid_site_file", place(path, line), std::move(message));
}

SiteField site_field(std::string_view name) {
  const auto* const found =
      std::find_if(kFields.begin(), kFields.end(), [name](const auto& field) { return field.first == name; });
  return found == kFields.end() ? nullptr : found->second;
}

std::string unknown_key(std::string_view key, const std::vector<std::string>& known) {
  const std::string near = nearest(key, known);
  return "unknown key '" + escape_control(key) + "'; " +
         (near.empty() ? "known are " + join(known, ", ") : "did you mean '" + near + "'?");
}

std::string near_field(std::string_view name) { return nearest(name, field_names()); }

std::string unknown_field(std::string_view key) { return unknown_key(key, field_names()); }

std::string field_of_site(std::string_view key, std::size_t index) {
  return "'" + std::string(key) + "' of site " + std::to_string(index + 1);
}

}  // namespace smbatcher
