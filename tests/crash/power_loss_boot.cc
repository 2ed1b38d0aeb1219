#include "tests/crash/power_loss_boot.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "libregistry/core/base/text.h"
#include "tests/crash/strace_run.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

std::string hexadecimal(const std::string& text) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string digits;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    digits += kDigits[byte / 16];
    digits += kDigits[byte % 16];
  }
  return digits;
}

}  // namespace

std::vector<std::string> on_earlier_boot(const Command& command) {
  const TempDir copy;
  std::filesystem::copy(command.cwd, copy.path(), std::filesystem::copy_options::recursive);
  Command elsewhere = command;
  elsewhere.cwd = copy.path();
  const TracedRun traced = trace(elsewhere, {"-y"});
  const auto call = std::find_if(traced.calls.begin(), traced.calls.end(), [](const TracedCall& each) {
    return each.name == "read" && each.line.find("/random/boot_id>") != std::string::npos;
  });
  if (call == traced.calls.end()) {
    throw std::runtime_error("no call reads which boot this is");
  }
  const std::string id = hexadecimal(std::string(kEarlierBoot) + "\n");
  return {"-e", join({"inject=read:poke_exit=@arg2=", id, ":when=", std::to_string(call->nth)}, "")};
}

ProcessResult run_on_earlier_boot(const Command& command) { return trace(command, on_earlier_boot(command)).result; }

}  // namespace smbatcher::test
