#include "tests/support/process.h"

#include <stdlib.h>

#include <string>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"
#include "tests/support/tools.h"

namespace smbatcher::test {
namespace {

// What other tests rely on when they start programs: a helper that loses output or a status would hide their faults.

TEST(RunProgram, CapturesBothOutputsAndTheStatus) {
  const ProcessResult result = run({.argv = {"sh", "-c", "echo out; echo err >&2; exit 7"}});
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.status, 7);
  EXPECT_EQ(result.signal, 0);
  EXPECT_FALSE(result.timed_out);
}

TEST(RunProgram, NamesTheSignalThatEndedIt) {
  const ProcessResult result = run({.argv = {"sh", "-c", "kill -TERM $$"}});
  EXPECT_EQ(result.status, -1);
  EXPECT_EQ(result.signal, SIGTERM);
}

TEST(RunProgram, GivesInputFolderAndEnvironment) {
  const TempDir dir;
  const ProcessResult result = run({.argv = {"sh", "-c", "cat; pwd; echo \"$ADDED-${HOME-unset}\""},
                                    .env = {{"ADDED", "x"}, {"HOME", std::nullopt}},
                                    .cwd = dir.path(),
                                    .input = "text\n"});
  EXPECT_EQ(result.out, "text\n" + dir.path() + "\nx-unset\n");
}

TEST(RunProgram, KeepsMoreOutputThanAPipeHolds) {
  const ProcessResult result = run({.argv = {"sh", "-c", "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2"}});
  EXPECT_EQ(result.out.size(), 1000000U);
  EXPECT_EQ(result.err.size(), 1000000U);
}

TEST(RunProgram, ThrowsForAProgramThatIsNotThere) {
  EXPECT_THROW(run({.argv = {"no-such-program-here"}}), std::system_error);
}

TEST(Process, IsEndedWithEverythingItStarted) {
  Process process({.argv = {"sh", "-c", "sleep 1000 & sleep 1000"}});
  process.kill(SIGKILL, true);
  EXPECT_EQ(process.wait().signal, SIGKILL);
}

TEST(RunTogether, AnswersForEachAndPassesNothingOfItsBarrierOn) {
  std::vector<Command> commands;
  for (int i = 0; i < 16; ++i) {
    commands.push_back(
        {.argv = {"sh", "-c", "echo $0; test ! -e /proc/self/fd/8 && test ! -e /proc/self/fd/9", std::to_string(i)}});
  }
  const std::vector<ProcessResult> results = run_together(commands);
  ASSERT_EQ(results.size(), commands.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].out, std::to_string(i) + "\n");
    EXPECT_EQ(results[i].status, 0);
    EXPECT_EQ(results[i].err, "");
  }
}

TEST(CleanEnvironment, UnsetsWhatSteersToolsAndGit) {
  ::setenv("SMBATCHER_OWNER", "somebody", 1);
  const ProcessResult result = run({.argv = {"sh", "-c", "echo ${SMBATCHER_OWNER-unset}"}, .env = clean_environment()});
  ::unsetenv("SMBATCHER_OWNER");
  EXPECT_EQ(result.out, "unset\n");
}

}  // namespace
}  // namespace smbatcher::test
