#include "tools/queue/complete_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct ImplementComplete : CompleteTool {
  static constexpr std::string_view kSummary = "check sites' files and mark them as implemented";
  static constexpr Effect kEffect = Effect::kChanges;

  ImplementComplete() {
    phase = Phase::kImplement;
    done = [](std::size_t passed, std::size_t asked) {
      return Outcome::ok("marked_complete", std::to_string(passed) + "/" + std::to_string(asked));
    };
  }
};

}  // namespace

int implement_complete_main(const Operation& self, int argc, const char* const* argv) {
  return run_tool<ImplementComplete>(self, argc, argv);
}

}  // namespace smbatcher
