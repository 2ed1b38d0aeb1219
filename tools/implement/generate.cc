#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/named_sites.h"
#include "libregistry/sites/designs/site_preparation.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"
#include "tools/support/write_options.h"

namespace smbatcher {
namespace {

struct Generate {
  static constexpr std::string_view kSummary = "write a site's brief and skeleton from its design";
  static constexpr Effect kEffect = Effect::kChanges;
  std::vector<std::string> domains;
  std::optional<std::string> root;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.positionals("DOMAIN", domains, "the sites").required();
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    write.declare(options);
    options.example("smbatcher generate bakery.example", "write what an agent is told of the site, from its design");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const auto owner, write.named_owner());
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {owner, root, false}));
    SMB_TRY_ASSIGN(NamedSites named, find_named(queue, domains, {}));
    std::vector<SitePlan> plans;  // all are read before one is written
    for (const NamedSite& site : named.sites) {
      if (site.batch.empty()) {
        return fail(refused("not_ready", std::string(1, letter(site.status)),
                            "'" + site.domain + "' is in no batch: smbatcher prepare-batch puts it in one"));
      }
      SMB_TRY_ASSIGN(SitePlan plan, plan_site(queue, Phase::kImplement, site.batch, site.domain));
      plans.push_back(std::move(plan));
    }
    Outcome outcome = write.dry_run ? Outcome::ok("dry_run") : Outcome::ok("prepared", std::to_string(plans.size()));
    if (write.dry_run) {
      outcome.add("would", OkWord("prepared").text());
    }
    JsonArray sites;
    for (SitePlan& plan : plans) {
      SiteOrder order = plan.order;
      if (!write.dry_run) {
        SMB_TRY_ASSIGN(order, write_site(queue, std::move(plan)));
      }
      outcome.line((write.dry_run ? "would write " : "") + order.brief);
      sites.push_back(JsonObject{{"domain", order.domain},
                                 {"folder", order.folder},
                                 {"design", order.design},
                                 {"brief", order.brief},
                                 {"created", order.created}});
    }
    outcome.add("sites", std::move(sites)).add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(named.warnings)));
  }
};

}  // namespace

int generate_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<Generate>(self, argc, argv);
}

}  // namespace smbatcher
