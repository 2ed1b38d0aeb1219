#include "tools/queue/site_orders.h"

#include "libregistry/sites/designs/site_preparation.h"
#include "tools/queue/phase_check.h"

namespace smbatcher {
namespace {

Warning not_prepared(const std::string& domain, const Error& error) {
  return {error.where, 0, error.reason.text(), "'" + domain + "' could not be prepared: " + error.message};
}

Result<void> prepare(const QueueContext& queue, Phase phase, const std::string& batch, const std::string& domain,
                     Preparation preparation, RegistryRows& rows) {
  SMB_TRY_ASSIGN(SitePlan plan, plan_site(queue, phase, batch, domain, rows));
  if (preparation == Preparation::kBrief) {
    return write_brief(queue, plan);
  }
  SMB_TRY(write_site(queue, std::move(plan)));
  return {};
}

OrderedSite order_site(const QueueContext& queue, Phase phase, const std::string& batch, const std::string& domain,
                       Preparation preparation, RegistryRows& rows) {
  OrderedSite site;
  site.domain = domain;
  site.json.emplace_back("domain", domain);
  const auto order = order_of(queue, phase, batch, domain);
  if (!order) {
    site.warnings.push_back(not_prepared(domain, order.error()));
    return site;
  }
  site.json.emplace_back("folder", order->folder);
  site.json.emplace_back("design", order->design);
  const auto lacks = phase_lacks(queue, phase, domain);
  if (lacks) {
    site.lacks = *lacks;
  } else {
    site.warnings.push_back(not_prepared(domain, lacks.error()));
  }
  const auto prepared = prepare(queue, phase, batch, domain, preparation, rows);
  if (prepared) {
    site.brief = order->brief;
    site.json.emplace_back("brief", site.brief);
  } else if (preparation == Preparation::kBrief && prepared.error().reason == ErrorWord("design_not_found")) {
    site.lacks.insert(site.lacks.begin(), queue.config.design_file);
  } else if (lacks || lacks.error().reason != prepared.error().reason) {
    site.warnings.push_back(not_prepared(domain, prepared.error()));
  }
  site.json.emplace_back("lacks", site.lacks);
  return site;
}

}  // namespace

std::vector<OrderedSite> order_sites(const QueueContext& queue, Phase phase, const std::string& batch,
                                     const std::vector<std::string>& domains, Preparation preparation) {
  RegistryRows rows(queue);
  std::vector<OrderedSite> sites;
  sites.reserve(domains.size());
  for (const std::string& domain : domains) {
    sites.push_back(order_site(queue, phase, batch, domain, preparation, rows));
  }
  return sites;
}

}  // namespace smbatcher
