#include "libregistry/core/base/text.h"
#include "libregistry/queue/ledger/batch_view.h"
#include "libregistry/sites/designs/outputs_check.h"
#include "tools/queue/lacks.h"
#include "tools/queue/open_queue.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct CheckDirs {
  static constexpr std::string_view kSummary = "check that every site of a batch has its folder and design";
  static constexpr Effect kEffect = Effect::kReads;
  std::optional<std::string> batch;
  std::optional<std::string> root;

  void declare(OptionSet& options) {
    options.text("--batch ID", batch, "the batch; the active or latest one when none is named")
        .must_be(is_batch_id, "a batch id");
    options.text("--root DIR", root, "the folder that the sites' folder is in, where it is not the work tree");
    options.example("smbatcher check-dirs --batch 003", "has every site its folder and its design?");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const QueueContext queue, open_queue(context, {{}, root, false}));
    SMB_TRY_ASSIGN(const std::optional<BatchView> view, view_batch(queue, batch));
    if (!view) {
      return fail(refused("no_active_batch", "", "no site is in a batch: smbatcher prepare-batch makes one"));
    }
    std::vector<std::string> sites;
    Lacks lacks;
    for (const SiteView& site : view->sites) {
      if (site.damaged) {
        continue;
      }
      sites.push_back(site.domain);
      SMB_TRY_ASSIGN(std::vector<std::string> missing, missing_of(queue, site.domain));
      if (!missing.empty()) {
        lacks.emplace(site.domain, std::move(missing));
      }
    }
    Outcome outcome = lacks.empty() ? Outcome::ok("all_present", std::to_string(sites.size())) : incomplete(lacks);
    outcome.add("batch", view->batch).add("sites", sites);
    if (!lacks.empty()) {
      outcome.add("missing", to_json(lacks));
    }
    outcome.add("registry", queue.paths.registry);
    return std::move(outcome.warn(view->warnings));
  }

 private:
  /// The folder, as it is called below the work tree, and the design document.
  static Result<std::vector<std::string>> missing_of(const QueueContext& queue, const std::string& domain) {
    const Config& config = queue.config;
    SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, config, domain));
    SMB_TRY_ASSIGN(std::vector<std::string> missing, missing_outputs(folder, {config.design_file}));
    struct stat status {};
    if (queue.ops->stat(folder, &status) != 0 || !S_ISDIR(status.st_mode)) {
      missing.insert(missing.begin(), config.sites_dir + "/" + domain);
    }
    return missing;
  }

  static Outcome incomplete(const Lacks& lacks) {
    std::vector<std::string> domains;
    for (const auto& [domain, missing] : lacks) {
      domains.push_back(domain);
    }
    Outcome outcome =
        Outcome::fail("incomplete", join(domains, ", "), "smbatcher design-run prepares the sites that it claims");
    for (const auto& [domain, missing] : lacks) {
      outcome.line(domain + ": no " + join(missing, ", no "));
    }
    return outcome;
  }
};

}  // namespace

int check_dirs_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<CheckDirs>(self, argc, argv);
}

}  // namespace smbatcher
