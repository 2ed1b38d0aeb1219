#include "tools/support/run_tool.h"
#include "tools/worker/run_phase.h"

namespace smbatcher {
namespace {

struct DesignRun : RunPhase {
  static constexpr std::string_view kName = "design-run";
  DesignRun() { phase = Phase::kDesign; }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::DesignRun>(argc, argv); }
