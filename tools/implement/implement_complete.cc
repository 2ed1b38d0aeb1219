#include "libregistry/designs/outputs_check.h"
#include "tools/queue/complete_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct ImplementComplete : CompleteTool {
  static constexpr std::string_view kName = "implement-complete";

  ImplementComplete() {
    phase = Phase::kImplement;
    failure = "missing_files";
    missing = [](const Queue& queue, const std::string& domain) -> Result<std::vector<std::string>> {
      SMB_TRY_ASSIGN(const std::string folder, site_folder(queue.paths, queue.config, domain));
      return missing_outputs(folder, queue.config.outputs_required_files);
    };
    done = [](std::size_t passed, std::size_t asked) {
      return Outcome::ok("marked_complete", std::to_string(passed) + "/" + std::to_string(asked));
    };
  }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::ImplementComplete>(argc, argv); }
