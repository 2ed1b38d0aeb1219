#include "tools/queue/complete_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct DesignComplete : CompleteTool {
  static constexpr std::string_view kSummary = "check sites' designs and mark them as complete";
  static constexpr Effect kEffect = Effect::kChanges;

  static Schema schema() { return schema_of("Sites whose design passed and that are marked as done."); }

  DesignComplete() { phase = Phase::kDesign; }
};

}  // namespace

int design_complete_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<DesignComplete>(self, argc, argv);
}

}  // namespace smbatcher
