#include "libregistry/queue/ledger/named_sites.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "tools/queue/answer_fields.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

constexpr Record kDesigned{Field<std::string>{"domain", "the site"}, Field<std::string>{"batch", "its batch"},
                           Field<StatusLetter>{"status", "its status"},
                           Field<std::string>{"design", "where its design document is"}};
constexpr Field<ListOf<kDesigned>> kListed{"sites", "the sites at or past D, in the order of the file"};

struct ListDesigned {
  static constexpr std::string_view kSummary = "list the sites whose design is finished";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<std::string> batch;
  std::optional<std::string> root;

  void declare(OptionSet& options) {
    options.text("--batch ID", batch, "only sites of this batch").must_be(is_batch_id, "a batch id");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options.example("smbatcher list-designed --batch 003", "the sites at or past D");
  }

  static Schema schema() {
    return Schema("The sites whose design is finished.")
        .ok("listed", {kListed, field::kRegistry})
        .error(
            "batch_not_found, registry_not_found, permission_denied, config_invalid, missing_argument, "
            "invalid_argument and others");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
    SMB_TRY_ASSIGN(NamedSites named, find_named(queue, {}, batch));
    std::erase_if(named.sites, [](const NamedSite& site) { return site.status < Status::kDesigned; });
    Outcome outcome = Outcome::ok("listed", std::to_string(named.sites.size()));
    JsonArray list;
    for (const NamedSite& site : named.sites) {
      SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, site.domain));
      outcome.line(site.domain);
      list.push_back(kDesigned.print(site.domain, site.batch, site.status, folder + "/" + queue.config.design_file));
    }
    add(outcome, kListed, std::move(list));
    add(outcome, field::kRegistry, queue.paths.registry);
    return std::move(outcome.warn(std::move(named.warnings)));
  }
};

}  // namespace

int list_designed_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<ListDesigned>(self, argc, argv);
}

}  // namespace smbatcher
