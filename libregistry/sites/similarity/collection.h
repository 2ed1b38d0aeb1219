#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/base/warning.h"
#include "libregistry/core/config/config.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/sites/designs/design_document.h"
#include "libregistry/sites/similarity/traits.h"

namespace smbatcher {

/// The designs, or the built sites, of some sites.
struct Collection {
  std::vector<Traits> designs;    // in the order of the sites; those without any trait left out
  std::vector<std::string> bare;  // sites whose design has no trait yet, such as a skeleton
  std::vector<Warning> warnings;  // what could not be read: it is left out
};

/// Hands over the design documents of the sites that have one, and answers what could not be read. Links are not
/// followed out of a site's folder.
std::vector<Warning> for_each_design(FileOps& ops, const RegistryPaths& paths, const Config& config,
                                     const std::vector<std::string>& domains,
                                     const std::function<void(const std::string& domain, const DesignDocument&)>& use);

/// The design documents of the sites that have one.
Collection collect_designs(FileOps& ops, const RegistryPaths& paths, const Config& config,
                           const std::vector<std::string>& domains);

/// The same of the sites that have a page.
Collection collect_sites(FileOps& ops, const RegistryPaths& paths, const Config& config,
                         const std::vector<std::string>& domains);

/// The design documents DIR/<name>/`design_file`, in the order of the names, where there is no registry. Errors:
/// kNotFound "directory_not_found".
Result<Collection> collect_designs_below(FileOps& ops, const std::string& folder, const std::string& design_file);

}  // namespace smbatcher
