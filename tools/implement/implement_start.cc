#include "tools/queue/start_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct ImplementStart : StartTool {
  static constexpr std::string_view kName = "implement-start";
  ImplementStart() { phase = Phase::kImplement; }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::ImplementStart>(argc, argv); }
