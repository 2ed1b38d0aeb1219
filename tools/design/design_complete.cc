#include "libregistry/designs/design_check.h"
#include "libregistry/designs/outputs_check.h"
#include "tools/queue/complete_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct DesignComplete : CompleteTool {
  static constexpr std::string_view kName = "design-complete";

  DesignComplete() {
    phase = Phase::kDesign;
    failure = "missing_headings";
    missing = [](const Queue& queue, const std::string& domain) -> Result<std::vector<std::string>> {
      SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, domain));
      SMB_TRY_ASSIGN(const DesignCheck check, check_headings(*queue.ops, folder + "/" + queue.config.design_file,
                                                             queue.config.design_required_headings));
      return check.missing;
    };
    done = [](std::size_t, std::size_t) { return Outcome::ok("marked_complete"); };
  }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::DesignComplete>(argc, argv); }
