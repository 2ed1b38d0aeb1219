#include "libregistry/sites/designs/site_preparation.h"

#include <utility>

#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"
#include "libregistry/core/fs/replace_file.h"
#include "libregistry/core/fs/sharing.h"
#include "libregistry/queue/records/batch_file.h"
#include "libregistry/queue/records/ignore_file.h"
#include "libregistry/sites/designs/batch_notes.h"
#include "libregistry/sites/designs/design_document.h"
#include "libregistry/sites/designs/design_skeleton.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "libregistry/sites/designs/site_brief.h"
#include "libregistry/sites/designs/site_place.h"

namespace smbatcher {
namespace {

/// Of a batch that was made without its file, the registry tells what the file would.
Result<SiteNotes> notes_of(const QueueContext& queue, const std::string& batch, const std::string& domain,
                           RegistryRows& rows) {
  const std::string path = batches_folder(queue.paths, queue.config) + "/" + batch_file_name(batch);
  SMB_TRY_ASSIGN(std::optional<SiteNotes> notes, read_site_notes(*queue.ops, path, domain));
  if (notes) {
    return std::move(*notes);
  }
  SiteNotes from_row;
  SMB_TRY_ASSIGN(from_row.site, rows.details(domain));
  from_row.text = render_site_lines(from_row.site);
  return from_row;
}

std::string briefs_folder(const QueueContext& queue) { return queue.paths.folder + "/briefs"; }

/// An existing skeleton that somebody else wrote meanwhile is as good.
Result<bool> create_skeleton(const QueueContext& queue, const SitePlan& plan) {
  const auto created = create_file(*queue.ops, ReplaceNames::of(plan.order.design), *plan.skeleton, kOpenMode,
                                   model_at(*queue.ops, queue.paths.registry));
  if (!created && created.error().reason != FailWord("already_exists")) {
    return fail(created.error());
  }
  return created.has_value();
}

}  // namespace

Result<SiteOrder> order_of(const QueueContext& queue, Phase phase, const std::string& batch,
                           const std::string& domain) {
  SiteOrder order;
  order.domain = domain;
  SMB_TRY_ASSIGN(order.folder, site_folder(queue.paths, queue.config, domain));
  if (!is_batch_id(batch)) {
    return fail(usage_error("invalid_batch", "'" + escape_control(batch) + "' is not a batch id"));
  }
  order.design = order.folder + "/" + queue.config.design_file;
  order.brief = briefs_folder(queue) + "/" + batch + "/" + domain + "." + std::string(rule_of(phase).name) + ".md";
  return order;
}

Result<NewSite> RegistryRows::details(const std::string& domain) {
  if (!loaded_) {
    SMB_TRY_ASSIGN(LoadedRegistry loaded, load_registry(*queue_->ops, queue_->paths, {&queue_->config.columns, true}));
    loaded_ = std::make_shared<LoadedRegistry>(std::move(loaded));
  }
  if (const Site* site = loaded_->registry.find(domain); site != nullptr) {
    return loaded_->registry.details(*site);
  }
  NewSite unknown;
  unknown.domain = domain;
  return unknown;
}

Result<SitePlan> plan_site(const QueueContext& queue, Phase phase, const std::string& batch,
                           const std::string& domain) {
  RegistryRows rows(queue);
  return plan_site(queue, phase, batch, domain, rows);
}

Result<SitePlan> plan_site(const QueueContext& queue, Phase phase, const std::string& batch, const std::string& domain,
                           RegistryRows& rows) {
  FileOps& ops = *queue.ops;
  const Config& config = queue.config;
  SitePlan plan;
  SiteOrder& order = plan.order;
  SMB_TRY_ASSIGN(order, order_of(queue, phase, batch, domain));
  plan.design_name = config.design_file;

  SMB_TRY_ASSIGN(const bool has_folder, has_real_folder(ops, order.folder));
  if (!has_folder) {
    order.created.push_back(order.folder);
  }
  SMB_TRY_ASSIGN(const bool has_design, has_file_inside(ops, order.folder, plan.design_name));
  if (phase == Phase::kImplement && !has_design) {
    return fail(design_not_found(order.design));
  }
  SMB_TRY_ASSIGN(const SiteNotes notes, notes_of(queue, batch, domain, rows));
  const BriefFacts facts{domain, batch, order.folder, order.design};
  if (phase == Phase::kDesign) {
    if (!has_design) {
      plan.skeleton = render_skeleton(notes, batch, config.design_required_headings);
      order.created.push_back(order.design);
    }
    plan.brief_text = render_design_brief(facts, notes, config);
  } else {
    SMB_TRY_ASSIGN(const DesignDocument design, read_design(ops, order.design));
    plan.brief_text = render_implement_brief(facts, notes, design, config);
  }
  SMB_TRY_ASSIGN(const bool has_brief,
                 has_file_inside(ops, folder_of(order.brief), domain + "." + std::string(rule_of(phase).name) + ".md"));
  if (!has_brief) {
    order.created.push_back(order.brief);
  }
  return plan;
}

Result<SiteOrder> write_site(const QueueContext& queue, SitePlan plan) {
  FileOps& ops = *queue.ops;
  SiteOrder& order = plan.order;
  SMB_TRY(make_folders_inside(ops, order.folder, plan.design_name, queue.paths.work_tree));
  SMB_TRY_ASSIGN(const auto lock, lock_folder(ops, order.folder, LockDeadline(queue.lock_timeout)));
  if (plan.skeleton) {
    SMB_TRY_ASSIGN(const bool created, create_skeleton(queue, plan));
    if (!created) {
      std::erase(order.created, order.design);
    }
  }
  SMB_TRY(write_brief(queue, plan));
  return std::move(order);
}

Result<void> write_brief(const QueueContext& queue, const SitePlan& plan) {
  FileOps& ops = *queue.ops;
  const std::string briefs = briefs_folder(queue);
  SMB_TRY(make_folders_inside(ops, briefs, plan.order.brief.substr(briefs.size() + 1), queue.paths.folder));
  SMB_TRY(write_ignore_file(ops, queue.paths));
  return write_cache_file(ops, plan.order.brief, plan.brief_text, model_at(ops, queue.paths.registry));
}

Result<SiteOrder> prepare_site(const QueueContext& queue, Phase phase, const std::string& batch,
                               const std::string& domain) {
  SMB_TRY_ASSIGN(SitePlan plan, plan_site(queue, phase, batch, domain));
  return write_site(queue, std::move(plan));
}

}  // namespace smbatcher
