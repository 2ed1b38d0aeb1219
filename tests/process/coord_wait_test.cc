#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <thread>

#include "tests/process/coord_support.h"
#include "tests/process/liveness_wait.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kQueue = kFolder + "locks/YS5weQ.wait";

/// Waiting for a lock: first come, first served.
class CoordWait : public TwoAgents {
 protected:
  Command waiting(const std::string& id, const std::string& time = "50s") const {
    Command command = project.command("coord-lock", {"acquire", "a.py", "--wait", time});
    command.env["COORD_INSTANCE_ID"] = id;
    return command;
  }
  /// Stops it while the mutex is ours: stopped with it, it would keep everybody out.
  void stop_without_mutex(Process& process) const {
    const int mutex = ::open(project.at(kFolder + "work-registry.json.lock").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::flock(mutex, LOCK_EX), 0);
    process.kill(SIGSTOP);
    wait_until([&] { return state_of(process.pid()) == 'T'; });
    ::close(mutex);
  }
  /// Starts a waiter and goes on when its ticket is there.
  std::unique_ptr<Process> start_waiter(const std::string& id) const {
    const std::size_t before = tickets();
    auto process = std::make_unique<Process>(waiting(id));
    wait_until([&] { return tickets() > before; });
    return process;
  }
  std::size_t tickets() const { return project.dir().exists(kQueue) ? project.dir().list(kQueue).size() : 0; }
  std::string holder() const {
    return project.dir().exists(kLockOfA) ? text_of(*project.file(kLockOfA).find("locked_by"), "instance_id") : "";
  }
  static void wait_until(const std::function<bool()>& condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(40);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), limit);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
};

TEST_F(CoordWait, ServesInOrderOfArrivalPastDeadWaitersAndADeadHolder) {
  constexpr int kWaiters = 20;
  const std::set<int> killed{0, 7, 8};
  Process worker({.argv = {"sleep", "1000"}});
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "--pid", std::to_string(worker.pid())}).status, 0);
  std::vector<std::unique_ptr<Process>> waiters;
  for (int i = 0; i < kWaiters; ++i) {
    waiters.push_back(start_waiter(numbered_id(i)));
  }
  for (const int i : killed) {
    waiters[static_cast<std::size_t>(i)]->kill(SIGKILL);
    EXPECT_EQ(waiters[static_cast<std::size_t>(i)]->wait().signal, SIGKILL);
  }
  EXPECT_EQ(holder(), kAnna);
  worker.kill(SIGKILL);  // the holder
  (void)worker.wait();
  for (int i = 0; i < kWaiters; ++i) {
    if (killed.contains(i)) {
      continue;
    }
    // All others still wait: who ends now is the one whose turn it is.
    EXPECT_EQ(waiters[static_cast<std::size_t>(i)]->wait().out, "OK:acquired:1\n") << i;
    EXPECT_EQ(holder(), numbered_id(i));
    EXPECT_EQ(lock(numbered_id(i), {"release", "a.py"}).status, 0);
  }
  EXPECT_EQ(holder(), "");
  EXPECT_FALSE(project.dir().exists(kQueue));
}

TEST_F(CoordWait, IsNotPassedByThoseWhoDoNotWait) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  auto ben = start_waiter(kBen);
  stop_without_mutex(*ben);  // its turn comes, and it is slow to take it
  ASSERT_EQ(lock(kAnna, {"release", "a.py"}).status, 0);
  const ProcessResult passing = lock(kCarl, {"acquire", "a.py"});
  EXPECT_EQ(passing.status, 10);
  EXPECT_THAT(passing.out, StartsWith("FAIL:queued:a.py\n"));
  EXPECT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 10);
  ben->kill(SIGCONT);
  EXPECT_EQ(ben->wait().out, "OK:acquired:1\n");
  EXPECT_EQ(holder(), kBen);
}

TEST_F(CoordWait, DoesNotKeepTheHolderFromRenewing) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  const auto ben = start_waiter(kBen);
  EXPECT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  EXPECT_EQ(lock(kAnna, {"renew", "a.py"}).status, 0);
  EXPECT_EQ(holder(), kAnna);
  EXPECT_THAT(project.run("coord-status").out, HasSubstr("Waiting:\n  - " + std::string(kBen) + " for a.py since "));
}

TEST_F(CoordWait, EndsWhenTheLockExpires) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "--ttl", "1s"}).status, 0);
  EXPECT_EQ(test::run(waiting(kBen)).out, "OK:acquired:1\n");
  EXPECT_EQ(holder(), kBen);
}

TEST_F(CoordWait, GivesItsPlaceUpWhenItsTimeIsOver) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  EXPECT_EQ(test::run(waiting(kBen, "1s")).status, 10);
  EXPECT_FALSE(project.dir().exists(kQueue));
  EXPECT_EQ(holder(), kAnna);
}

TEST_F(CoordWait, ForSeveralFilesIsServedWhenAllAreFree) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  ASSERT_EQ(lock(kCarl, {"acquire", "b.py"}).status, 0);
  Command both = project.command("coord-lock", {"acquire", "a.py", "b.py", "--wait", "50s", "--id", kBen});
  Process ben(both);
  wait_until([&] { return tickets() > 0; });
  ASSERT_EQ(lock(kAnna, {"release", "a.py"}).status, 0);
  EXPECT_EQ(holder(), "");
  EXPECT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 10);  // ben is first here, though he waits for b.py
  ASSERT_EQ(lock(kCarl, {"release", "b.py"}).status, 0);
  EXPECT_EQ(ben.wait().out, "OK:acquired:2\n");
}

}  // namespace
}  // namespace smbatcher::test
