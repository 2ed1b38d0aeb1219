#include "tools/queue/complete_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct ImplementComplete : CompleteTool {
  static constexpr std::string_view kName = "implement-complete";

  ImplementComplete() {
    phase = Phase::kImplement;
    done = [](std::size_t passed, std::size_t asked) {
      return Outcome::ok("marked_complete", std::to_string(passed) + "/" + std::to_string(asked));
    };
  }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::ImplementComplete>(argc, argv); }
