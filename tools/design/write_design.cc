#include "libregistry/queue/ledger/named_sites.h"
#include "libregistry/sites/designs/design_stamp.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"
#include "tools/support/write_options.h"

namespace smbatcher {
namespace {

struct WriteDesign {
  static constexpr std::string_view kSummary = "stamp a design's front matter without touching its body";
  static constexpr Effect kEffect = Effect::kChanges;
  std::optional<std::string> domain;
  std::optional<std::string> root;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.positional("DOMAIN", domain, "the site whose design is stamped").required();
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    write.declare(options);
    options.example("smbatcher write-design bakery.example",
                    "write batch, time and hash of the text into the front matter");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const auto owner, write.named_owner());
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {owner, root, false}));
    SMB_TRY_ASSIGN(NamedSites named, find_named(queue, {*domain}, {}));
    const NamedSite& site = named.sites.front();
    SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, site.domain));
    SMB_TRY_ASSIGN(StampResult result,
                   stamp_design(context.ops, {folder, queue.config.design_file, site.batch, context.clock.now().wall,
                                              LockDeadline(queue.lock_timeout), write.dry_run}));
    Outcome outcome = Outcome::ok(write.dry_run ? OkWord("dry_run") : OkWord("stamped"));
    if (write.dry_run) {
      outcome.add("would", OkWord("stamped").text());
      outcome.line((result.repeated ? "stamped already: " : "would stamp ") + result.path);
    } else {
      outcome.headline("Stamped:" + result.path);
    }
    outcome.add("domain", site.domain).add("path", result.path);
    outcome.add("stamp",
                JsonObject{{"batch", result.stamp.batch}, {"time", result.stamp.time}, {"hash", result.stamp.hash}});
    if (result.repeated) {
      outcome.add("repeated", true);
    }
    outcome.add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(named.warnings)).warn(std::move(result.warnings)));
  }
};

}  // namespace

int write_design_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<WriteDesign>(self, argc, argv);
}

}  // namespace smbatcher
