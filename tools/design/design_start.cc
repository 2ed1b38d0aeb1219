#include "tools/queue/start_tool.h"
#include "tools/support/run_tool.h"

namespace smbatcher {
namespace {

struct DesignStart : StartTool {
  static constexpr std::string_view kName = "design-start";
  DesignStart() { phase = Phase::kDesign; }
};

}  // namespace
}  // namespace smbatcher

int main(int argc, char** argv) { return smbatcher::run_tool<smbatcher::DesignStart>(argc, argv); }
