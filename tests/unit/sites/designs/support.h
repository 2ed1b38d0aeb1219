#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "libregistry/sites/designs/site_list.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {

/// "a.example|Name|Description|Theme" a site.
inline std::string shown(const NewSite& site) {
  return site.domain + "|" + site.name + "|" + site.description + "|" + site.theme;
}

inline std::string erased(std::string text, const std::string& part) {
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part)) {
    text.erase(at, part.size());
  }
  return text;
}

/// "reason where: message", without the folder.
inline std::string shown(const Error& error, const TempDir& folder) {
  return erased(error.reason.text() + " " + error.where + ": " + error.message, folder.path() + "/");
}

/// The sites of a file with this name and text, or what shown() says of the error.
inline std::vector<std::string> sites_of(const std::string& name, const std::string& text) {
  const TempDir folder;
  folder.write(name, text);
  const auto sites = read_site_file(system_file_ops(), folder.at(name));
  if (!sites) {
    const bool usage = sites.error().reason.text() == "no_sites" || sites.error().reason.text() == "invalid_argument";
    EXPECT_EQ(sites.error().code, usage ? Errc::kUsage : Errc::kMalformed);
    return {shown(sites.error(), folder)};
  }
  std::vector<std::string> lines;
  for (const NewSite& site : *sites) {
    lines.push_back(shown(site));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace smbatcher::test
