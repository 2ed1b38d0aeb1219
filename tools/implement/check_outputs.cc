#include "libregistry/queue/ledger/named_sites.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "tools/queue/lacks.h"
#include "tools/queue/open_queue.h"
#include "tools/queue/phase_check.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct CheckOutputs {
  static constexpr std::string_view kSummary = "check that sites have the files that they must have";
  static constexpr Effect kEffect = Effect::kReads;
  std::vector<std::string> domains;
  std::optional<std::string> batch;
  std::optional<std::string> root;

  void declare(OptionSet& options) {
    options.positionals("DOMAIN", domains, "the sites").excludes("--batch");
    options.text("--batch ID", batch, "all sites of this batch").must_be(is_batch_id, "a batch id");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options.example("smbatcher check-outputs bakery.example", "has the site its required files?");
  }

  Result<Outcome> run(const Context& context) const {
    if (domains.empty() && !batch) {
      return fail(usage_error("missing_argument", "name the sites, or a batch with --batch ID"));
    }
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
    SMB_TRY_ASSIGN(NamedSites named, find_named(queue, domains, batch));
    std::vector<std::string> sites;
    Lacks lacks;
    for (const NamedSite& site : named.sites) {
      sites.push_back(site.domain);
      SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, site.domain));
      SMB_TRY_ASSIGN(std::vector<std::string> missing, missing_outputs(folder, queue.config.outputs_required_files));
      if (!missing.empty()) {
        lacks.emplace(site.domain, std::move(missing));
      }
    }
    Outcome outcome = lacks.empty() ? Outcome::ok("all_files_present")
                                    : Outcome::fail("missing_files", describe(lacks, sites.size() == 1),
                                                    "add what is missing and call again; an empty file is missing");
    outcome.add("sites", sites);
    if (!lacks.empty()) {
      SMB_TRY_ASSIGN(Lacking lacking, lacking_of(queue, Phase::kImplement, lacks));
      for (std::string& line : lacking.lines) {
        outcome.line(std::move(line));
      }
      outcome.add("missing", to_json(lacks)).add("lacking", std::move(lacking.json));
    }
    outcome.add("registry", queue.paths.registry);
    return std::move(outcome.warn(std::move(named.warnings)));
  }
};

}  // namespace

int check_outputs_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CheckOutputs>(self, argc, argv);
}

}  // namespace smbatcher
