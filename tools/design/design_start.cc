#include "tools/queue/start_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct DesignStart : StartTool {
  static constexpr std::string_view kSummary = "mark sites' designs as in progress";
  static constexpr Effect kEffect = Effect::kChanges;
  static Schema schema() { return schema_of("A claim of a batch, or of some of its sites: B -> d."); }

  DesignStart() { phase = Phase::kDesign; }
};

}  // namespace

int design_start_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<DesignStart>(self, argc, argv);
}

}  // namespace smbatcher
