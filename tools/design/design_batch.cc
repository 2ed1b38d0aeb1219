#include "libregistry/core/base/ids.h"
#include "libregistry/core/base/text.h"
#include "tools/queue/enroll_tools.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct DesignBatch {
  static constexpr std::string_view kSummary = "group explicit entries into a batch";
  static constexpr Effect kEffect = Effect::kChanges;
  std::vector<std::string> domains;
  std::vector<std::string> sites;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.positionals("DOMAIN", domains, "a registered site of the batch");
    options.list("--sites TEXT", sites, "the same as domain:Name:Description:Theme; only its domain is looked at");
    write.declare(options);
    options.example("smbatcher design-batch bakery.example garage.example",
                    "make one batch of exactly these: - -> B, whatever the config's batch_size");
  }

  static Schema schema() {
    Refusal not_registered = transition_refusal();
    not_registered.meaning = "a site is not at -, so no batch was made";
    return batching_schema("The registered sites named, made one batch.", "the id of the new batch", {not_registered},
                           "no_entries, invalid_domain, domain_not_found: no batch was made");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY_ASSIGN(const std::vector<NewSite> named, parse_site_texts(sites));
    BatchSelection selection;
    for (const std::string& domain : domains) {
      if (!is_domain(domain)) {
        return fail(
            usage_error("invalid_domain", "'" + escape_control(domain) + "' is not a host name such as bakery.example")
                .with("domain", domain));
      }
      selection.domains.push_back(domain);
    }
    for (const NewSite& site : named) {
      selection.domains.push_back(site.domain);
    }
    if (selection.domains.empty()) {
      return fail(usage_error("no_entries", "name the registered sites of the batch: smbatcher design-batch DOMAIN…"));
    }
    selection.size = selection.domains.size();
    return batch_and_tell(context, write, selection);
  }
};

}  // namespace

int design_batch_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<DesignBatch>(self, argc, argv);
}

}  // namespace smbatcher
