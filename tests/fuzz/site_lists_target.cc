#include <set>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/json.h"
#include "libregistry/core/base/text.h"
#include "libregistry/sites/designs/site_list.h"
#include "tests/fuzz/target.h"
#include "tests/support/temp_dir.h"

// Lists of sites. The first line of an input is the ending of its file (csv, yaml, json), the rest is the file.
namespace smbatcher::test {
namespace {

Result<std::vector<NewSite>> read(const std::string& ending, std::string_view text) {
  static const TempDir dir;
  const std::string name = "sites." + ending;
  dir.write(name, text);
  return read_site_file(system_file_ops(), dir.at(name));
}

std::string sites_are_bad(const std::vector<NewSite>& sites) {
  std::set<std::string> domains;
  for (const NewSite& site : sites) {
    if (!is_domain(site.domain) || to_lower(site.domain) != site.domain) {
      return "an impossible domain";
    }
    if (!domains.insert(site.domain).second) {
      return "a domain twice";
    }
    for (const std::string& text : {site.name, site.description, site.theme}) {
      if (trim(text) != text || !is_valid_utf8(text)) {
        return "a text that is not trimmed, or not UTF-8";
      }
    }
  }
  return sites.empty() ? "an empty list" : "";
}

std::string quoted(const std::string& field) {
  std::string text = "\"";
  for (const char c : field) {
    text += c == '"' ? "\"\"" : std::string(1, c);
  }
  return text + "\"";
}

std::string as_csv(const std::vector<NewSite>& sites) {
  std::string text = "theme,DOMAIN,name,description\r\n";
  for (const NewSite& site : sites) {
    text += quoted(site.theme) + "," + quoted(site.domain) + "," + quoted(site.name) + "," + quoted(site.description) +
            "\r\n";
  }
  return text;
}

std::string as_json(const std::vector<NewSite>& sites) {
  JsonArray list;
  for (const NewSite& site : sites) {
    list.emplace_back(JsonObject{
        {"domain", site.domain}, {"name", site.name}, {"description", site.description}, {"theme", site.theme}});
  }
  return Json(list).dump();
}

bool same(const std::vector<NewSite>& a, const Result<std::vector<NewSite>>& b) {
  if (!b || a.size() != b->size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    const NewSite& other = (*b)[i];
    if (a[i].domain != other.domain || a[i].name != other.name || a[i].description != other.description ||
        a[i].theme != other.theme) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string broken_promise(std::string_view input) {
  if (const auto site = parse_site_text(input); site && !sites_are_bad({*site}).empty()) {
    return "parse_site_text: " + sites_are_bad({*site});
  }
  const std::size_t first_line = input.find('\n');
  const std::string ending(input.substr(0, first_line));
  if (first_line == std::string_view::npos || (ending != "csv" && ending != "yaml" && ending != "json")) {
    return "";
  }
  const auto sites = read(ending, input.substr(first_line + 1));
  if (!sites) {
    const Errc code = sites.error().code;
    const bool says_where = code == Errc::kMalformed && sites.error().where.find(":") != std::string::npos;
    return says_where || sites.error().reason.text() == "no_sites"
               ? ""
               : "read_site_file: answers " + sites.error().reason.text();
  }
  if (std::string bad = sites_are_bad(*sites); !bad.empty()) {
    return "read_site_file: " + bad;
  }
  if (!same(*sites, read("csv", as_csv(*sites))) || !same(*sites, read("json", as_json(*sites)))) {
    return "read_site_file: the same list in another format is another list";
  }
  return "";
}

}  // namespace smbatcher::test
