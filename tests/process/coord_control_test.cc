#include <algorithm>
#include <filesystem>
#include <functional>
#include <thread>

#include "tests/process/coord_support.h"
#include "tests/support/variants.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;

/// The tests of races and of waiting, on tools that are broken on purpose: each must see what it is there to see.
constexpr int kControlRounds = 10;

/// Rounds of 32 calls for one file; answers those with another number of holders than one. `before`: the lock file
/// that is there at the beginning; none when it is empty.
int control_rounds_gone_wrong(const std::string& variant, const std::function<std::string()>& before) {
  const Project project;
  int wrong = 0;
  for (int round = 0; round < kControlRounds; ++round) {
    std::filesystem::remove_all(project.at(kFolder + "locks"));
    std::filesystem::create_directories(project.at(kFolder + "locks"));
    if (const std::string lock = before(); !lock.empty()) {
      project.dir().write(kLockOfA, lock);
    }
    std::vector<Command> commands;
    for (int i = 0; i < kCoordRacers; ++i) {
      const Command command = project.command("coord-lock", {"acquire", "a.py", "--id", numbered_id(i)});
      commands.push_back(variant.empty() ? command : in_variant(variant, command));
    }
    const auto results = run_together(commands);
    wrong +=
        std::count_if(results.begin(), results.end(), [](const auto& each) { return each.status == 0; }) == 1 ? 0 : 1;
  }
  return wrong;
}

int until_wrong(const std::string& variant, const std::function<std::string()>& before) {
  int wrong = 0;
  for (int attempt = 0; attempt < 5 && wrong == 0; ++attempt) {
    wrong = control_rounds_gone_wrong(variant, before);
  }
  return wrong;
}

std::string no_lock() { return {}; }
std::string expired_lock() { return original_lock("a.py", kAnna, seconds(-5)); }

TEST(CoordRaceControl, WithoutTheMutexAFreeFileHasSeveralHolders) {
  EXPECT_EQ(control_rounds_gone_wrong("", no_lock), 0);
  EXPECT_GT(until_wrong("no_lock", no_lock), 0);
}

TEST(CoordRaceControl, WithALookBeforeTheMutexAnExpiredLockIsTakenOverBySeveral) {
  EXPECT_EQ(control_rounds_gone_wrong("", expired_lock), 0);
  EXPECT_GT(until_wrong("look_before_mutex", expired_lock), 0);
}

/// What somebody is told who asks for a free file for which only a dead one waits.
ProcessResult asked_past_a_dead_waiter(const std::string& variant) {
  const Project project;
  EXPECT_EQ(project.run_as(kAnna, "coord-lock", {"acquire", "a.py"}).status, 0);
  Process waiter(project.command("coord-lock", {"acquire", "a.py", "--wait", "50s", "--id", kBen}));
  const std::string queue = kFolder + "locks/YS5weQ.wait";
  while (!project.dir().exists(queue) || project.dir().list(queue).empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // a waiter that ended would fail what follows
  }
  waiter.kill(SIGKILL);
  (void)waiter.wait();
  EXPECT_EQ(project.run_as(kAnna, "coord-lock", {"release", "a.py"}).status, 0);
  const Command command = project.command("coord-lock", {"acquire", "a.py", "--id", kCarl});
  return test::run(variant.empty() ? command : in_variant(variant, command));
}

TEST(CoordWaitControl, WithoutALookAtTicketsTheDeadKeepTheirPlace) {
  EXPECT_EQ(asked_past_a_dead_waiter("").status, 0);
  EXPECT_EQ(asked_past_a_dead_waiter("dead_waiters").status, 10);
}

}  // namespace
}  // namespace smbatcher::test
