#pragma once

#include <string>
#include <vector>

#include "libregistry/sites/html/check_html.h"

namespace smbatcher {

struct PageToCheck {
  std::string path;
  std::string shown;  // what findings call it
};

/// The findings of check_page_at() for all of them, on all processors: pages know nothing of each other. In the order
/// given.
std::vector<Result<std::vector<Finding>>> check_pages(FileOps& ops, const std::vector<PageToCheck>& pages);

}  // namespace smbatcher
