#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "libregistry/core/base/json.h"
#include "libregistry/core/base/text.h"
#include "tests/crash/power_loss_boot.h"
#include "tests/crash/power_loss_call.h"
#include "tests/crash/power_loss_disk.h"
#include "tests/crash/strace_fixture.h"
#include "tests/crash/strace_run.h"
#include "tests/crash/strace_scene.h"

namespace smbatcher::test {
namespace {

Breadth breadth() { return std::getenv("SMB_SOAK") == nullptr ? Breadth{64, 1} : Breadth{1024, 2}; }

std::string this_boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

void lay_down(const DiskState& state, const Scene& scene) {
  scene.clear();
  for (const auto& [path, bytes] : state) {
    if (path.ends_with("/")) {
      scene.sandbox().dir().make_dir(path);
    } else {
      scene.sandbox().dir().write(path, bytes);
    }
  }
}

constexpr const char* kHistory = ".smbatcher/state/history.jsonl";
constexpr const char* kPrevious = ".smbatcher/.REGISTRY.md.prev";

/// Takes out what a power failure may leave for good, and a kill may not, so that the rest must be as after a kill:
/// lines that were cut short or are zeros and are marked as such by the line below, and the displaced text of an
/// earlier change, whose removal was lost: it is kept as a conflict copy, since it no longer belongs to the last
/// change.
void forget_what_only_power_loss_leaves(const Scene& scene) {
  const TempDir& dir = scene.sandbox().dir();
  std::vector<std::string> lines;
  std::istringstream history(dir.read(kHistory));
  for (std::string line; std::getline(history, line);) {
    if (line.find("\"torn_line_above\"") == std::string::npos) {
      lines.push_back(line);
    } else if (!lines.empty() && std::holds_alternative<JsonError>(parse_json(lines.back()))) {
      lines.pop_back();
    }
  }
  dir.write(kHistory, join(lines, "\n") + "\n");
  for (const std::string& name : dir.list(".smbatcher")) {
    const std::string path = ".smbatcher/" + name;
    if (name.find(".conflict-") != std::string::npos && scene.first_bytes(kPrevious) == dir.read(path)) {
      std::filesystem::remove(dir.at(path));
    }
  }
}

/// What a power failure may leave of a traced call, and whether the call may have printed its answer by then.
std::map<DiskState, bool> states_of(const Scene& scene, const TracedRun& traced) {
  scene.restore();
  Disk disk(scene.sandbox().dir().path());
  std::map<DiskState, bool> all;
  std::size_t moments = 0;
  bool printed = false;
  const auto add_moment = [&] {
    ++moments;
    for (const DiskState& state : disk.states(breadth())) {
      bool& promised = all[state];
      promised = promised || printed;
    }
  };
  add_moment();
  for (const TracedCall& each : traced.calls) {
    const DecodedCall call = decode(each.line);
    const bool prints = call.name == "write" && call.number(0) == 1;
    printed = printed || prints;
    if (disk.follow(call) || prints) {
      add_moment();
    }
  }
  EXPECT_TRUE(printed);
  std::cout << "calls " << traced.calls.size() << ", moments " << moments << ", states " << all.size() << "\n";
  return all;
}

std::string files_of(const DiskState& state) {
  std::vector<std::string> files;
  for (const auto& [path, bytes] : state) {
    files.push_back(path + " of " + std::to_string(bytes.size()));
  }
  return join(files, ", ");
}

/// Where a promise is broken. With a `variant` of the call's tool it ends at the first violation that says `expected`.
std::vector<std::string> violations(Scene::Kind kind, const std::string& variant = {},
                                    const std::string& expected = {}) {
  const Scene scene(kind, variant, run_on_earlier_boot);
  std::vector<std::string> options = decodable();
  const std::vector<std::string> boot = on_earlier_boot(scene.call());
  options.insert(options.end(), boot.begin(), boot.end());
  const TracedRun traced = trace(scene.call(), options);
  EXPECT_TRUE(Scene::reports_success(traced.result.out)) << traced.result.out << traced.result.err;
  const std::string history = scene.sandbox().dir().read(kHistory);
  EXPECT_NE(history.find(kEarlierBoot), std::string::npos);
  EXPECT_EQ(history.find(this_boot()), std::string::npos) << "not everything was done on an earlier boot";
  std::vector<std::string> violations;
  for (const auto& [state, printed] : states_of(scene, traced)) {
    lay_down(state, scene);
    const std::vector<std::string> failures = failures_of([&, said = printed ? traced.result.out : ""] {
      scene.expect_recovery(said);
      forget_what_only_power_loss_leaves(scene);
      scene.expect_history();
    });
    for (const std::string& failure : failures) {
      violations.push_back(
          join({printed ? "after the answer:" : "before the answer:", files_of(state), failure}, "\n"));
      if (!variant.empty() && failure.find(expected) != std::string::npos) {
        return {violations.back()};
      }
    }
  }
  return violations;
}

bool breaks(Scene::Kind kind, const std::string& variant, const std::string& expected) {
  const std::vector<std::string> found = violations(kind, variant, expected);
  return !found.empty() && found.back().find(expected) != std::string::npos;
}

class PowerLoss : public WithStrace, public ::testing::WithParamInterface<Scene::Kind> {};

TEST_P(PowerLoss, KeepsWhatWasReportedAndLeavesOldOrNew) {
  for (const std::string& violation : violations(GetParam())) {
    ADD_FAILURE() << violation;
  }
}

using Kind = Scene::Kind;

INSTANTIATE_TEST_SUITE_P(Calls, PowerLoss,
                         ::testing::Values(Kind::kClaim, Kind::kFirstClaim, Kind::kCompletion, Kind::kRegistration,
                                           Kind::kFirstRegistration, Kind::kRelease),
                         ::testing::PrintToStringParamName());

/// The same with tools that leave out a kind of sync.
class PowerLossControl : public PowerLoss {};

TEST_P(PowerLossControl, TearsTheRegistryWithoutFileSyncs) {
  EXPECT_TRUE(breaks(GetParam(), "no_file_sync", "the registry is neither old nor new"));
}

TEST_P(PowerLossControl, LosesWhatWasReportedWithoutFolderSyncs) {
  EXPECT_TRUE(breaks(GetParam(), "no_folder_sync", "success was reported and is not in the registry"));
}

INSTANTIATE_TEST_SUITE_P(Calls, PowerLossControl,
                         ::testing::Values(Kind::kClaim, Kind::kFirstClaim, Kind::kCompletion, Kind::kRegistration),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace smbatcher::test
