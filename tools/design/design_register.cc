#include "tools/queue/enroll_tools.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct DesignRegister {
  static constexpr std::string_view kSummary = "add sites from explicit entries";
  static constexpr Effect kEffect = Effect::kChanges;
  std::vector<std::string> sites;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.list("--sites TEXT", sites, "a site as domain:Name:Description:Theme, \\: for a colon");
    write.declare(options);
    options.example("smbatcher design-register --sites 'bakery.example:Bakery:Family bakery:warm'",
                    "add a site; creates the registry if there is none");
    options.example("smbatcher design-register --sites 'mill.example:Mill::' --sites 'quay.example:Quay::'",
                    "add two; all or none");
  }

  static Schema schema() {
    return registration_schema("Sites that were added to the registry from explicit entries.",
                               "no_sites, invalid_domain, duplicate_domain: nothing was added");
  }

  Result<Outcome> run(const Context& context) const {
    if (sites.empty()) {
      return fail(usage_error("no_sites", "--sites is required: --sites \"domain:Name:Description:Theme\""));
    }
    SMB_TRY_ASSIGN(const std::vector<NewSite> added, parse_site_texts(sites));
    return register_and_tell(context, write, added);
  }
};

}  // namespace

int design_register_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<DesignRegister>(self, argc, argv);
}

}  // namespace smbatcher
