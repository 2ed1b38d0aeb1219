#include "libregistry/core/process/child.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "libregistry/core/process/witness.h"
#include "tests/support/temp_dir.h"

namespace smbatcher::test {
namespace {

/// Ends with the last process that inherited it: a descriptor that says when all of a command's processes are gone.
class Lifeline {
 public:
  Lifeline() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Lifeline() { ::close(ends_[0]); }
  Lifeline(const Lifeline&) = delete;
  Lifeline& operator=(const Lifeline&) = delete;

  void let_go() { ::close(ends_[1]); }
  int writer() const { return ends_[1]; }
  /// Reads one byte: somebody is there.
  bool has_started() const {
    char byte = 0;
    return ::read(ends_[0], &byte, 1) == 1;
  }
  bool has_ended_within(int milliseconds) const {
    pollfd waited{ends_[0], POLLIN, 0};
    char byte = 0;
    return ::poll(&waited, 1, milliseconds) == 1 && ::read(ends_[0], &byte, 1) == 0;
  }

 private:
  std::array<int, 2> ends_{};
};

Result<Child> shell(const std::string& script) { return Child::start({"sh", "-c", script}); }

/// A command with a grandchild, both of which hold the lifeline; it says so when both are there.
Result<Child> family(const Lifeline& line, const std::string& before = "") {
  const std::string fd = std::to_string(line.writer());
  return shell(before + "sleep 1000 & echo -n x >&" + fd + "; wait; sleep 1000");
}

/// The letter of proc(5): 'T' for a stopped process.
char state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string number;
  std::string name;
  char state = 0;
  file >> number >> name >> state;
  return state;
}

TEST(Child, TellsTheExitStatus) {
  for (const int status : {0, 3, 255}) {
    Result<Child> child = shell("exit " + std::to_string(status));
    ASSERT_TRUE(child);
    const Child::End end = child->wait();
    EXPECT_EQ(end.status, status);
    EXPECT_EQ(end.exit_code(), status);
    EXPECT_EQ(end.signal, 0);
  }
}

TEST(ChildSetting, GivesFolderEnvironmentAndOutputAndNoInput) {
  const TempDir dir;
  const int output = ::open(dir.at("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  Result<Child> child =
      Child::start({"sh", "-c", "pwd; echo $HOME; echo error >&2; cat"},
                   {.output = output, .no_input = true, .folder = dir.path(), .environment = {"HOME=elsewhere"}});
  ASSERT_TRUE(child);
  EXPECT_EQ(child->wait().status, 0);
  ::close(output);
  EXPECT_EQ(dir.read("out"), dir.path() + "\nelsewhere\nerror\n");
}

TEST(ChildSetting, FolderThatIsNotThereIsAFailedStart) {
  const Result<Child> child = Child::start({"true"}, {.folder = "/no/such/folder"});
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().reason.text(), "command_failed_to_start");
}

TEST(ChildSetting, EndGroupStopsWhatTheCommandLeavesRunning) {
  Lifeline line;
  const std::string fd = std::to_string(line.writer());
  Result<Child> child = Child::start({"sh", "-c", "sleep 1000 & echo -n x >&" + fd + "; exit 5"}, {.end_group = true});
  ASSERT_TRUE(child);
  line.let_go();
  EXPECT_EQ(child->wait().status, 5);
  EXPECT_TRUE(line.has_started());
  EXPECT_TRUE(line.has_ended_within(0)) << "wait() is over, and something still runs";
}

TEST(Witness, LivesAsLongAsAnythingThatWasStarted) {
  Result<Witness> witness = Witness::start();
  ASSERT_TRUE(witness);
  const pid_t pid = witness->pid();
  Result<Child> child = Child::start({"sleep", "1000"}, {.held = witness->held()});
  ASSERT_TRUE(child);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM}) {
    ::kill(pid, signal);
  }
  EXPECT_EQ(state_of(pid), 'S');
  child->stop();
  EXPECT_EQ(child->wait().signal, SIGTERM);
  EXPECT_EQ(state_of(pid), 'S') << "we live, and hold it";
  { const Witness gone = std::move(*witness); }
  EXPECT_EQ(state_of(pid), 0);
}

TEST(Child, TellsTheSignalThatEndedIt) {
  Result<Child> child = shell("kill -USR1 $$");
  ASSERT_TRUE(child);
  const Child::End end = child->wait();
  EXPECT_EQ(end.signal, SIGUSR1);
  EXPECT_EQ(end.exit_code(), 128 + SIGUSR1);
}

TEST(Child, SaysWhyItCouldNotStart) {
  const Result<Child> missing = Child::start({"no-such-program-here"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().reason.text(), "command_failed_to_start");
  EXPECT_EQ(missing.error().message, "cannot start 'no-such-program-here': No such file or directory");
  const Result<Child> folder = Child::start({"/"});
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message, "cannot start '/': Permission denied");
  EXPECT_FALSE(Child::start({}));
}

TEST(Child, LeadsAGroupOfItsOwn) {
  Result<Child> child = shell("read -r pid name state parent group rest < /proc/$$/stat; test $group = $$");
  ASSERT_TRUE(child);
  EXPECT_NE(child->group(), ::getpgrp());
  EXPECT_EQ(child->wait().exit_code(), 0);
}

TEST(Child, ItsDescriptorIsReadableWhenItHasEnded) {
  Result<Child> child = shell("exec sleep 1000");
  ASSERT_TRUE(child);
  pollfd waited{child->exit_descriptor(), POLLIN, 0};
  EXPECT_EQ(::poll(&waited, 1, 0), 0);
  child->signal_group(SIGKILL);
  EXPECT_EQ(::poll(&waited, 1, 60000), 1);
  EXPECT_EQ(child->wait().signal, SIGKILL);
}

TEST(Child, SignalsReachTheWholeGroup) {
  Lifeline line;
  Result<Child> child = family(line);
  line.let_go();
  ASSERT_TRUE(child);
  ASSERT_TRUE(line.has_started());
  child->signal_group(SIGTERM);  // not SIGINT, which what a shell starts in the background ignores
  EXPECT_TRUE(line.has_ended_within(5000));
  EXPECT_NE(child->wait().signal, 0);
}

TEST(Child, StopEndsTheWholeGroupAndWaitsForIt) {
  Lifeline line;
  Result<Child> child = family(line);
  line.let_go();
  ASSERT_TRUE(child);
  ASSERT_TRUE(line.has_started());
  child->stop();
  EXPECT_EQ(child->wait().signal, SIGTERM);
  EXPECT_TRUE(line.has_ended_within(0));
}

TEST(Child, StopWakesAStoppedCommand) {
  Result<Child> child = shell("kill -STOP $$; sleep 1000");
  ASSERT_TRUE(child);
  while (state_of(child->group()) != 'T') {
    ::usleep(1000);
  }
  child->stop();
  EXPECT_EQ(child->wait().signal, SIGTERM);
}

TEST(Child, WhatIgnoresStopIsKilledWhenItsGraceIsOver) {
  Lifeline line;
  Result<Child> child = family(line, "trap '' TERM; ");
  line.let_go();
  ASSERT_TRUE(child);
  ASSERT_TRUE(line.has_started());
  child->stop();
  EXPECT_FALSE(line.has_ended_within(static_cast<int>(Child::kGrace.count() - 1) * 1000));
  EXPECT_EQ(child->wait().signal, SIGKILL);
  EXPECT_TRUE(line.has_ended_within(2000));
}

TEST(Child, AKillAfterStopDoesNotWaitForTheGrace) {
  Lifeline line;
  Result<Child> child = family(line, "trap '' TERM; ");
  line.let_go();
  ASSERT_TRUE(child);
  ASSERT_TRUE(line.has_started());
  child->stop();
  child->signal_group(SIGKILL);
  EXPECT_TRUE(line.has_ended_within(5000));
  EXPECT_EQ(child->wait().signal, SIGKILL);
}

TEST(Child, IsStoppedWhenItsObjectGoes) {
  Lifeline line;
  {
    Result<Child> child = family(line);
    line.let_go();
    ASSERT_TRUE(child);
    ASSERT_TRUE(line.has_started());
    const Child moved = std::move(*child);
    EXPECT_GE(moved.exit_descriptor(), 0);
  }
  EXPECT_TRUE(line.has_ended_within(5000));
}

TEST(Child, DiesWithUsAlsoWhenAnotherOneWasStartedAfterIt) {
  Lifeline line;
  const pid_t parent = ::fork();
  if (parent == 0) {
    const Result<Child> first = family(line);
    const Result<Child> second = family(line);
    ::pause();
    ::_exit(first && second ? 0 : 1);
  }
  line.let_go();
  EXPECT_TRUE(line.has_started());
  EXPECT_TRUE(line.has_started());
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  EXPECT_TRUE(line.has_ended_within(5000));
}

TEST(Child, LeavesAloneWhatStillRunsWhenItEndsByItself) {
  Lifeline line;
  Result<Child> child = shell("sleep 1000 & echo -n x >&" + std::to_string(line.writer()) + "; exit 4");
  line.let_go();
  ASSERT_TRUE(child);
  ASSERT_TRUE(line.has_started());
  const pid_t group = child->group();
  EXPECT_EQ(child->wait().status, 4);
  EXPECT_FALSE(line.has_ended_within(0));
  ::kill(-group, SIGKILL);
  EXPECT_TRUE(line.has_ended_within(5000));
}

TEST(Child, HasNoSignalBlockedAndPipeSignalsAtTheirDefault) {
  const auto before_pipe = ::signal(SIGPIPE, SIG_IGN);
  const auto before_size = ::signal(SIGXFSZ, SIG_IGN);
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  Result<Child> mask = Child::start({"grep", "-q", "^SigBlk:.0*$", "/proc/self/status"});
  // SIGPIPE is bit 12 and SIGXFSZ bit 24 of 64.
  Result<Child> ignored =
      Child::start({"grep", "-qE", "^SigIgn:.{10}[02468ace].{2}[02468ace].{3}$", "/proc/self/status"});
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGPIPE, before_pipe);
  ::signal(SIGXFSZ, before_size);
  ASSERT_TRUE(mask && ignored);
  EXPECT_EQ(mask->wait().exit_code(), 0);
  EXPECT_EQ(ignored->wait().exit_code(), 0);
}

}  // namespace
}  // namespace smbatcher::test
