#include "tools/queue/start_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct ImplementStart : StartTool {
  static constexpr std::string_view kSummary = "claim a batch for implementation";
  static constexpr Effect kEffect = Effect::kChanges;
  static Schema schema() { return schema_of("A claim of a batch, or of some of its sites: O -> i."); }

  ImplementStart() { phase = Phase::kImplement; }
};

}  // namespace

int implement_start_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<ImplementStart>(self, argc, argv);
}

}  // namespace smbatcher
