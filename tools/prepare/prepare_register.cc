#include "libregistry/sites/designs/site_list.h"
#include "tools/queue/enroll_tools.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct PrepareRegister {
  static constexpr std::string_view kSummary = "add sites to the registry, and create it if there is none";
  static constexpr Effect kEffect = Effect::kChanges;
  std::vector<std::string> sites;
  std::vector<std::string> files;
  WriteOptions write;

  void declare(OptionSet& options) {
    options.list("--sites TEXT", sites, "a site as domain:Name:Description:Theme, \\: for a colon");
    options.list("--file PATH", files, "a list of sites, by its ending: .csv, .yaml, .json");
    write.declare(options);
    options.example("smbatcher prepare-register --sites 'bakery.example:Bakery:Family bakery:warm'",
                    "add a site; creates the registry if there is none");
    options.example("smbatcher prepare-register --file sites.csv", "add a list; all or none");
  }

  static Schema schema() {
    return registration_schema("Sites that were added to the registry.",
                               "no_sites, invalid_domain, duplicate_domain, invalid_site_file: nothing was added");
  }

  Result<Outcome> run(const Context& context) const {
    SMB_TRY(write.named_owner());  // a fault of the command line comes before one of a file
    SMB_TRY_ASSIGN(std::vector<NewSite> all, parse_site_texts(sites));
    for (const std::string& path : files) {
      SMB_TRY_ASSIGN(const std::vector<NewSite> listed, read_site_file(context.ops, path));
      all.insert(all.end(), listed.begin(), listed.end());
    }
    return register_and_tell(context, write, all);
  }
};

}  // namespace

int prepare_register_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<PrepareRegister>(self, argc, argv);
}

}  // namespace smbatcher
