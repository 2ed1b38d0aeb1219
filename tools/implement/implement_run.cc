#include "tools/support/run_tool.h"
#include "tools/worker/run_phase.h"

namespace smbatcher {
namespace {

struct ImplementRun : RunPhase {
  static constexpr std::string_view kName = "implement-run";
  ImplementRun() { phase = Phase::kImplement; }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::ImplementRun>(argc, argv); }
