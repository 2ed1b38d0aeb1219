#include "tools/support/run_tool.h"
#include "tools/worker/run_phase.h"

namespace smbatcher {
namespace {

struct DesignRun : RunPhase {
  static constexpr std::string_view kSummary =
      "claim a batch to design and prepare its sites, or with --exec work on it";
  static constexpr Effect kEffect = Effect::kChanges;
  DesignRun() { phase = Phase::kDesign; }
};

}  // namespace

int design_run_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<DesignRun>(self, argc, argv);
}

}  // namespace smbatcher
