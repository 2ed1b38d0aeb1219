#include <algorithm>

#include "libregistry/core/config/yaml.h"
#include "libregistry/sites/designs/site_formats.h"
#include "libregistry/sites/designs/yaml_kinds.h"

namespace smbatcher {
namespace {

using Kind = YamlValue::Kind;

// Five values a site: some 100,000 sites, more than 8 MiB hold in practice.
constexpr std::size_t kMaxValues = 500'000;

Result<std::string> read_text(const YamlEntry& entry, std::size_t index, const std::string& path) {
  const Kind kind = entry.value.kind;
  const std::string subject = field_of_site(entry.key, index);
  if (kind == Kind::kNull) {
    return fail(
        bad_site_file(path, entry.line,
                      subject + " is nothing; put text that begins with '#' in quotes, and write \"\" for no text"));
  }
  if (kind != Kind::kScalar) {
    return fail(bad_site_file(path, entry.line, subject + " must be text, not " + described(kind)));
  }
  return entry.value.scalar;
}

Result<ListedSite> read_site(const YamlValue& value, std::size_t index, const std::string& path) {
  const std::string subject = "site " + std::to_string(index + 1);
  if (value.kind != Kind::kMap) {
    return fail(bad_site_file(
        path, value.line,
        subject + " must be a map such as {domain: bakery.example, name: Bakery}, not " + described(value.kind)));
  }
  ListedSite listed;
  listed.line = value.line;
  for (const YamlEntry& entry : value.entries) {
    const SiteField field = site_field(entry.key);
    if (field == nullptr) {
      return fail(bad_site_file(path, entry.line, unknown_field(entry.key)));
    }
    SMB_TRY_ASSIGN(listed.site.*field, read_text(entry, index, path));
    if (field == &NewSite::domain) {
      listed.line = entry.line;
    }
  }
  const bool has_domain = std::any_of(value.entries.begin(), value.entries.end(),
                                      [](const YamlEntry& entry) { return entry.key == "domain"; });
  if (!has_domain) {
    return fail(bad_site_file(path, value.line, subject + " has no 'domain'; add it"));
  }
  return listed;
}

/// The list of sites in the document: all of it, or what stands under `sites`.
Result<const YamlValue*> find_list(const YamlValue& document, const std::string& path) {
  const YamlValue* list = &document;
  if (document.kind == Kind::kMap) {
    for (const YamlEntry& entry : document.entries) {
      if (entry.key != "sites") {
        return fail(bad_site_file(path, entry.line, unknown_key(entry.key, {"sites"})));
      }
      list = &entry.value;
    }
  }
  if (list->kind != Kind::kList && list->kind != Kind::kNull) {
    return fail(
        bad_site_file(path, list->line,
                      "a list of sites is needed, not " + described(list->kind) + "; begin each with '- domain: '"));
  }
  return list;
}

}  // namespace

Result<std::vector<ListedSite>> parse_yaml_sites(std::string_view text, const std::string& path) {
  SMB_TRY_ASSIGN(const YamlValue document, parse_yaml(text, path, "invalid_site_file", 1, kMaxValues));
  SMB_TRY_ASSIGN(const YamlValue* const list, find_list(document, path));
  std::vector<ListedSite> sites;
  sites.reserve(list->items.size());
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    SMB_TRY_ASSIGN(ListedSite listed, read_site(list->items[i], i, path));
    sites.push_back(std::move(listed));
  }
  return sites;
}

}  // namespace smbatcher
