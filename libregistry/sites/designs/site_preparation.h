#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libregistry/core/base/result.h"
#include "libregistry/queue/ledger/queue_context.h"
#include "libregistry/queue/registry/registry_file.h"
#include "libregistry/queue/registry/status.h"

namespace smbatcher {

/// What a worker on one site gets to see.
struct SiteOrder {
  std::string domain;
  std::string folder;                // sites/<domain>, absolute
  std::string brief;                 // the file with what is to be done, absolute
  std::string design;                // the design document, absolute
  std::vector<std::string> created;  // paths that were not there before, absolute
};

/// Prepares one claimed site of `batch` for `phase`: its folder, where absent; in the design phase a skeleton of the
/// design document, where absent; and its brief, always written anew:
/// `.smbatcher/briefs/<batch>/<domain>.<phase>.md` beside the registry. Source: docs/site-files.md, "Briefs".
///
/// What is there is never changed, the brief excepted, and no symbolic link is followed out of the site's folder. The
/// caller need not hold the registry's lock. A skeleton does not pass check_headings(): its sections hold only
/// comments.
///
/// Errors: kUsage "invalid_domain" and "invalid_batch", since paths are built only from what is_domain() and
/// is_batch_id() accept; kNotFound "design_not_found" with the path, in the implement phase; those of read_design(), in
/// the implement phase; kIo, among them "not_a_regular_file" and "not_a_folder" for a link or another thing in the
/// place of a file or folder; kBusy "lock_timeout" while another call writes in the site's folder.
Result<SiteOrder> prepare_site(const QueueContext& queue, Phase phase, const std::string& batch,
                               const std::string& domain);

/// A preparation that has been thought out, and what it would write.
struct SitePlan {
  SiteOrder order;  // `created` as it would be
  std::string brief_text;
  std::optional<std::string> skeleton;  // of the design document, where it is absent
  std::string design_name;              // relative to the site's folder
};

/// prepare_site() in two steps, for a caller that prepares several sites, all or none: the first only reads.
Result<SitePlan> plan_site(const QueueContext& queue, Phase phase, const std::string& batch, const std::string& domain);
Result<SiteOrder> write_site(const QueueContext& queue, SitePlan plan);

/// The rows of the registry, for sites of which no batch file tells: read once, when the first such site comes up.
class RegistryRows {
 public:
  explicit RegistryRows(const QueueContext& queue) : queue_(&queue) {}

  /// Of a domain without a row, the domain alone. Errors: those of load_registry().
  Result<NewSite> details(const std::string& domain);

 private:
  const QueueContext* queue_;
  std::shared_ptr<LoadedRegistry> loaded_;
};

/// plan_site() for one site of several.
Result<SitePlan> plan_site(const QueueContext& queue, Phase phase, const std::string& batch, const std::string& domain,
                           RegistryRows& rows);

/// Writes the brief alone, and nothing into the site's own folder: for a claim that leaves the preparation to others.
Result<void> write_brief(const QueueContext& queue, const SitePlan& plan);

/// Where a site's things are; looks at no file. `created` stays empty. Errors: "invalid_domain" and "invalid_batch".
Result<SiteOrder> order_of(const QueueContext& queue, Phase phase, const std::string& batch, const std::string& domain);

}  // namespace smbatcher
