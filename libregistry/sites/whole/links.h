#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/findings/finding.h"
#include "libregistry/sites/whole/page_facts.h"

namespace smbatcher {

struct LinkSetting {
  std::string domain;                      // the site's own host; empty when it is not known
  std::vector<std::string> allowed_hosts;  // "cdn.example", "*.cdn.example"
};

/// Looks up every address of the pages: files of the site, ids that fragments name, other hosts. Nothing is fetched.
/// `pages` are all pages of the site that could be read; files of findings are relative to `folder`. Source:
/// docs/checks.md, "Links". Errors: those of list_tree().
Result<std::vector<Finding>> check_links(const std::string& folder, const std::vector<PageFacts>& pages,
                                         const LinkSetting& setting);

}  // namespace smbatcher
