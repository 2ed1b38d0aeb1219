#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libregistry/core/base/clock.h"
#include "libregistry/core/base/result.h"
#include "libregistry/core/config/config.h"
#include "libregistry/core/config/locate.h"
#include "libregistry/core/fs/file_ops.h"
#include "libregistry/queue/registry/registry.h"

namespace smbatcher {

/// One batch that is planned: its id and the sites that form it.
struct PlannedBatch {
  std::string id;
  std::vector<NewSite> sites;  // what their rows say
};

/// Where the batch files lie: one folder for all work trees, so that every designer reads the same ones.
std::string batches_folder(const RegistryPaths& paths, const Config& config);

/// "batch-003.md".
std::string batch_file_name(const std::string& id);

/// What a designer starts from: 8 hex digits, the same for the same domain, name and theme.
std::string design_seed(const NewSite& site);

/// C0 and C1 control characters and DEL as blanks.
std::string on_one_line(std::string_view text);

/// The lines Name, Theme, Description and Design seed of a site.
std::string render_site_lines(const NewSite& site);

/// The text of a batch's file: its plan for people and for the design phase. Source: docs/site-files.md, "Batch files".
///
/// YAML front matter (`batch`, `created`), then for each site a heading with its domain and the lines Name, Theme,
/// Description and Design seed. Line ends and control characters in them are written as blanks, so that no site's text
/// can begin a line of its own.
std::string render_batch_file(const PlannedBatch& batch, WallTime created);

/// Writes `batch-<id>.md` for each into `folder`, which is created when absent; what is new is shared like the file
/// `registry` and its folder. All are on disk when it returns, for
/// the registry is changed next; after an error or a crash, files of batches that never came to be may lie there.
///
/// A file that is there is replaced atomically, with what it was kept as .batch-<id>.md.prev. The caller holds the
/// registry's lock. Errors: kUsage "invalid_batch" before anything is written; kIo, among them "not_a_regular_file" for
/// a link in place of a batch file, "file_changing" when somebody saves it meanwhile, and "not_synced".
Result<void> write_batch_files(FileOps& ops, const std::string& folder, const std::vector<PlannedBatch>& batches,
                               WallTime created, const std::string& registry);

/// The highest numeric id among the `batch-*.md` in `folder`; empty when there is none or no folder.
std::string highest_batch_file(const std::string& folder);

}  // namespace smbatcher
