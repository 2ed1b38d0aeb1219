#include "tools/queue/complete_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct ImplementComplete : CompleteTool {
  static constexpr std::string_view kSummary = "check sites' files and mark them as implemented";
  static constexpr Effect kEffect = Effect::kChanges;

  static Schema schema() { return schema_of("Sites whose files passed and that are marked as done."); }

  ImplementComplete() { phase = Phase::kImplement; }
};

}  // namespace

int implement_complete_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<ImplementComplete>(self, argc, argv);
}

}  // namespace smbatcher
