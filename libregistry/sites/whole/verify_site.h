#pragma once

#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/core/config/config.h"
#include "libregistry/core/findings/finding.h"
#include "libregistry/core/fs/file_ops.h"

namespace smbatcher {

/// A site to verify.
struct VerifyRequest {
  std::string folder;
  std::string shown;   // what its files are named by in findings: "sites/bakery.example"
  std::string domain;  // empty when it is not known: then the folder's name, or what the first page calls canonical
};

struct Verification {
  std::vector<Finding> findings;  // of all parts, with the severities of the config
  std::vector<std::string>
      failed_parts;       // those with an error, in order: "files", "html", "scripts", "design", "links"
  std::size_t files = 0;  // pages that were read

  bool passed() const { return failed_parts.empty(); }
};

/// All checks of built sites, in the order of the requests; one node reads the scripts of all. Source: docs/checks.md,
/// "verify-site".
///
/// Errors: kNotFound "directory_not_found"; kNotFound "node_not_found" and the others of check_scripts(): a site whose
/// scripts cannot be checked has not passed; kIo when a file cannot be read.
Result<std::vector<Verification>> verify_sites(FileOps& ops, const Config& config,
                                               const std::vector<VerifyRequest>& requests);

/// The same for one.
Result<Verification> verify_site(FileOps& ops, const Config& config, const VerifyRequest& request);

}  // namespace smbatcher
