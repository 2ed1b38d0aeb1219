#include <sys/mount.h>

#include <random>

#include <gmock/gmock.h>

#include "tests/process/queue_facts.h"
#include "tests/process/worker_support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// How a worker ends that is not let finish. docs/workers.md, "The end of a worker" and "When a worker dies".

/// A command with a grandchild that says when it runs; all of it would run on for minutes.
constexpr const char* kFamily = "sh -c 'sleep 300 & wait' & : >at-work; sleep 300; wait";

/// The same, and it takes a moment to end when it is asked to.
constexpr const char* kSlowFamily =
    "sh -c 'trap \"sleep 0.1; exit\" TERM; : >at-work; while :; do sleep 0.01; done' & sleep 300; wait";

TEST(WorkerInterrupted, GivesUnfinishedWorkBackUncounted) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    const Fleet fleet(fleet_of(1, 3, "O"));
    Process worker(fleet.worker("test $SMBATCHER_DOMAIN = a1.example || { " + std::string(kFamily) + "; }; " + kBuild));
    ASSERT_TRUE(fleet.wait_for("at-work"));
    worker.kill(signal);
    const ProcessResult result = worker.wait();
    EXPECT_EQ(result.status, 1);
    EXPECT_THAT(result.out, StartsWith("FAIL:interrupted\n"));
    EXPECT_EQ(processes_with("SMBATCHER_REGISTRY=" + fleet.file(".smbatcher/REGISTRY.md")), std::vector<pid_t>());
    EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "I") << "what was done before stays done";
    EXPECT_EQ(fleet.sandbox().status_of("b1.example"), "O");
    EXPECT_EQ(fleet.sandbox().status_of("c1.example"), "O");
    EXPECT_EQ(fleet.attempts("001", "b1.example"), 0);
    EXPECT_THAT(fleet.run(kBuild).out, StartsWith("OK:batch_complete:001\n")) << "and is free at once";
  }
}

TEST(WorkerInterrupted, KillsAtTheSecondSignal) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  Process worker(fleet.worker("trap ': >asked' TERM; : >at-work; while :; do sleep 0.05; done"));
  ASSERT_TRUE(fleet.wait_for("at-work"));
  worker.kill(SIGTERM);
  ASSERT_TRUE(fleet.wait_for("asked"));
  const auto before = std::chrono::steady_clock::now();
  worker.kill(SIGTERM);
  EXPECT_THAT(worker.wait().out, StartsWith("FAIL:interrupted\n"));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(9)) << "it waited for the grace to be over";
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "O");
}

TEST(WorkerInterrupted, WhileItWaitsForWorkOrForTheLock) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  claim_for(fleet.sandbox(), "ben");
  Process waiting(fleet.worker(kBuild, {"--wait", "1h"}));
  ASSERT_TRUE(wait_until([&] {
    return fleet.sandbox().dir().read(".smbatcher/REGISTRY.lock").find("implement-run") != std::string::npos;
  }));
  waiting.kill(SIGTERM);
  EXPECT_THAT(waiting.wait().out, StartsWith("FAIL:interrupted\n"));

  const int lock = ::open(fleet.file(".smbatcher/REGISTRY.lock").c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);
  Process locked_out(fleet.worker(kBuild, {"--lock-timeout", "1h"}));
  ASSERT_TRUE(wait_until([&] { return state_of(locked_out.pid()) == 'S'; }));
  locked_out.kill(SIGTERM);
  EXPECT_THAT(locked_out.wait().out, StartsWith("FAIL:interrupted\n"));
  ::close(lock);
}

TEST(WorkerWithoutItsLease, StopsAndRecordsNothing) {
  const Fleet fleet(fleet_of(1, 3, "O"));
  Process worker(
      fleet.worker(std::string(kBuild) + "; test $SMBATCHER_DOMAIN = a1.example || { " + std::string(kFamily) + "; }"));
  ASSERT_TRUE(fleet.wait_for("at-work"));
  expect_ok(fleet.sandbox().run("reap", {"--batch", "001", "--force", "--why", "stuck"}), "OK:reaped:1");
  const std::string registry = fleet.sandbox().registry();
  const ProcessResult result = worker.wait();
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, StartsWith("FAIL:stale_claim:nobody\n"));
  EXPECT_EQ(fleet.sandbox().registry(), registry);
  EXPECT_EQ(logged_events(fleet.sandbox(), "implement-complete").size(), 1U);
  EXPECT_EQ(logged_events(fleet.sandbox(), "release").size(), 0U);
  EXPECT_EQ(processes_with("SMBATCHER_REGISTRY=" + fleet.file(".smbatcher/REGISTRY.md")), std::vector<pid_t>());
}

TEST(WorkerWithoutItsLease, GoesOnInALoopAndSaysSo) {
  const Fleet fleet(fleet_of(2, 1, "O"));
  const std::string once = "test -e at-work || { " + std::string(kFamily) + "; }; ";
  Process worker(fleet.worker(once + kBuild, {"--loop"}));
  ASSERT_TRUE(fleet.wait_for("at-work"));
  expect_ok(fleet.sandbox().run("reap", {"--batch", "001", "--force", "--why", "stuck"}), "OK:reaped:1");
  const ProcessResult result = worker.wait();
  EXPECT_THAT(result.out, StartsWith("OK:drained:2\n"));
  EXPECT_THAT(result.out, HasSubstr("\nwent on after stale_claim: token "));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "I");
}

TEST(WorkerWithoutItsLease, StopsWhenItWasHeldUpForLongerThanTheLease) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  Process worker(
      fleet.worker(": >at-work; while test ! -e go; do sleep 0.02; done; " + std::string(kBuild), {"--lease", "2s"}));
  ASSERT_TRUE(fleet.wait_for("at-work"));
  worker.kill(SIGSTOP);
  ASSERT_TRUE(wait_until([&] { return fleet.sandbox().run("find-next", {"--claim", "--owner", "ben"}).status == 0; }));
  fleet.sandbox().dir().write("go", "");
  worker.kill(SIGCONT);
  EXPECT_THAT(worker.wait().out, StartsWith("FAIL:stale_claim:ben\n"));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "i") << "it is ben's now";
  EXPECT_EQ(logged_events(fleet.sandbox(), "implement-complete").size(), 0U);
}

/// Everything that the worker has started is gone, and until then nobody got its batch.
void kill_worker_once(const Fleet& fleet, const std::string& command, std::chrono::microseconds after) {
  const std::string mark = "SMBATCHER_REGISTRY=" + fleet.file(".smbatcher/REGISTRY.md");
  std::filesystem::remove(fleet.file("at-work"));
  Process worker(fleet.worker(command, {"--owner", "anna"}));
  ASSERT_TRUE(fleet.wait_for("at-work"));
  ::usleep(static_cast<useconds_t>(after.count()));
  worker.kill(SIGKILL);
  (void)worker.wait();
  const auto killed = std::chrono::steady_clock::now();
  // Asked for again and again while the process table is looked at: the claim comes after the last one is gone.
  bool claimed = false;
  while (!claimed) {
    const ProcessResult result = fleet.sandbox().run("find-next", {"--claim", "--owner", "ben"});
    claimed = result.status == 0;
    if (claimed) {
      EXPECT_EQ(processes_with(mark), std::vector<pid_t>()) << "given out while the dead worker's commands run";
    }
    ASSERT_LT(std::chrono::steady_clock::now() - killed, std::chrono::seconds(40)) << "it never came back";
  }
  EXPECT_EQ(processes_with(mark), std::vector<pid_t>());
  expect_ok(fleet.sandbox().run("release", {"--batch", "001", "--owner", "ben", "--no-attempt"}), "OK:released");
}

TEST(WorkerKilled, LeavesNoProcessAndItsBatchIsGivenOutAfterTheLast) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  fleet.configure("max_attempts: 1000\n");
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same moments in each run
  for (int round = 0; round < 50; ++round) {
    kill_worker_once(fleet, kSlowFamily, std::chrono::microseconds(random() % 20000));
    if (::testing::Test::HasFatalFailure()) {
      return;
    }
  }
}

TEST(WorkerKilled, WithACommandThatIgnoresTheSignalIsWaitedForUntilItIsKilled) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  kill_worker_once(fleet, "trap '' TERM; : >at-work; while :; do sleep 0.1; done", std::chrono::microseconds(0));
}

TEST(Workers, DrainOneQueueThoughOneOfThemIsKilled) {
  const auto sites = fleet_of(9, 3, "D");
  const Fleet fleet(sites);
  const std::string command = "echo x >>ran.$SMBATCHER_DOMAIN; sleep 0.02; " + std::string(kBuild);
  std::vector<Process> workers;
  for (int i = 0; i < 2; ++i) {
    workers.emplace_back(fleet.worker(command, {"--loop", "--wait", "1h", "--jobs", "2"}));
  }
  Process victim(fleet.worker("echo x >>ran.$SMBATCHER_DOMAIN; : >at-work; sleep 300", {"--loop"}));
  ASSERT_TRUE(fleet.wait_for("at-work"));
  victim.kill(SIGKILL);
  (void)victim.wait();
  for (Process& worker : workers) {
    const ProcessResult result = worker.wait();
    EXPECT_THAT(result.out, ::testing::AnyOf(StartsWith("OK:drained:"), StartsWith("FAIL:no_batch_ready:all_done")));
  }
  for (const Sandbox::Site& site : sites) {
    EXPECT_EQ(fleet.sandbox().status_of(site.domain), "I") << site.domain;
    EXPECT_TRUE(fleet.has("ran." + site.domain));
  }
  expect_history_explains_registry(fleet.sandbox(), sites);
  std::map<std::string, int> recorded;
  for (const LoggedEvent& event : logged_events(fleet.sandbox(), "implement-complete")) {
    for (const Json& row : event.list("rows")) {
      ++recorded[text_of(row, "domain")];
    }
  }
  EXPECT_EQ(recorded.size(), sites.size());
  for (const auto& [domain, times] : recorded) {
    EXPECT_EQ(times, 1) << domain << " was recorded more than once";
  }
}

TEST(WorkerOnAFullDisk, SaysThatItsLogIsNotWhole) {
  const Fleet fleet(fleet_of(1, 1, "O"));
  fleet.sandbox().dir().make_dir(".smbatcher/logs");
  if (::mount("tmpfs", fleet.file(".smbatcher/logs").c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "mounts are forbidden here, and without one no disk is full";
  }
  const Json answer = fleet.ask_worker("head -c 1000000 /dev/zero; " + std::string(kBuild));
  ::umount2(fleet.file(".smbatcher/logs").c_str(), MNT_DETACH);
  EXPECT_EQ(text_of(answer, "result"), "batch_complete") << answer.dump();
  EXPECT_EQ(text_of(item(answer, "warnings", 0), "code"), "log_incomplete");
  EXPECT_THAT(text_of(item(answer, "warnings", 0), "message"), HasSubstr("No space left"));
}

TEST(WorkerWithoutALog, GivesItsWorkBackUncounted) {
  const Fleet fleet(fleet_of(1, 2, "O"));
  fleet.sandbox().dir().write(".smbatcher/logs", "not a folder");
  const ProcessResult result = fleet.run(kBuild);
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.out, StartsWith("ERROR:io_error:cannot create the folder '"));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "O");
  EXPECT_EQ(fleet.attempts("001", "a1.example"), 0);
}

}  // namespace
}  // namespace smbatcher::test
