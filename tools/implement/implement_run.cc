#include "tools/support/run_tool.h"
#include "tools/worker/run_phase.h"

namespace smbatcher {
namespace {

struct ImplementRun : RunPhase {
  static constexpr std::string_view kSummary =
      "claim a batch to implement and prepare its sites, or with --exec work on it";
  static constexpr Effect kEffect = Effect::kChanges;
  ImplementRun() { phase = Phase::kImplement; }
};

}  // namespace

int implement_run_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<ImplementRun>(self, argc, argv);
}

}  // namespace smbatcher
