#include "libregistry/core/leases/process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/unit/core/leases/fake_processes.h"

namespace smbatcher::test {
namespace {

TEST(Judge, TellsLaterProcessesFromTheOneMeant) {
  FakeProcesses processes;
  const ProcessRef process{10, 77, "boot-1", "pid:[1]"};
  EXPECT_EQ(judge(process, "boot-1", processes), Liveness::kGone);
  processes.running[10] = 77;
  EXPECT_EQ(judge(process, "boot-1", processes), Liveness::kAlive);
  processes.running[10] = 78;
  EXPECT_EQ(judge(process, "boot-1", processes), Liveness::kGone);
}

TEST(Judge, AnotherBootOrNamespaceProvesNothing) {
  FakeProcesses processes;
  const ProcessRef process{10, 77, "boot-1", "pid:[1]"};
  EXPECT_EQ(judge(process, "boot-2", processes), Liveness::kUnknown);
  processes.space = "pid:[2]";
  EXPECT_EQ(judge(process, "boot-1", processes), Liveness::kUnknown);
}

TEST(ReferenceTo, RefusesAProcessThatIsGone) {
  FakeProcesses processes;
  EXPECT_EQ(reference_to(10, "boot-1", processes).error().reason.text(), "no_such_process");
  processes.running[10] = 77;
  EXPECT_EQ(reference_to(10, "boot-1", processes).value(), (ProcessRef{10, 77, "boot-1", "pid:[1]"}));
}

TEST(SystemProcessTable, KnowsTheLivingAndNotTheZombies) {
  const SystemProcessTable processes;
  EXPECT_TRUE(processes.start_time(::getpid()));
  EXPECT_EQ(processes.start_time(::getpid()), processes.start_time(::getpid()));
  EXPECT_FALSE(processes.pid_namespace().empty());
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(0);
  }
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);  // it stays a zombie
  EXPECT_FALSE(processes.start_time(child));
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(processes.start_time(child));
}

}  // namespace
}  // namespace smbatcher::test
