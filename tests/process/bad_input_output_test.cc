#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// A disk that is full and an output that nobody can read: exit status 2, and the call can be made again.

/// The tool under a shell that first runs `before`.
ProcessResult run_after(const Sandbox& sandbox, const std::string& before, const std::string& tool, const Args& args,
                        const std::string& redirect = {}) {
  Command command = sandbox.command(tool, args);
  command.argv.insert(command.argv.begin(), {"bash", "-c", before + "; exec \"$0\" \"$@\" " + redirect});
  return run(command);
}

TEST(FullOutput, IsExitTwoAndTheClaimCanBeRepeated) {
  const Sandbox sandbox(kOneSite);
  Command command = sandbox.command("find-next", {"--claim", "--owner", "a1"});
  command.stdout_path = "/dev/full";
  const ProcessResult lost = run(command);
  EXPECT_EQ(lost.status, 2);
  EXPECT_EQ(lost.err, "");
  const Json again = ask(sandbox, "find-next", {"--claim", "--owner", "a1"});
  EXPECT_EQ(text_of(again, "action") + " " + text_of(again, "batch"), "continue 003");
}

TEST(FullOutput, IsExitTwoOfEveryKindOfCall) {
  const Sandbox sandbox(kOneSite);
  for (const auto& [tool, args] : std::vector<std::pair<std::string, Args>>{{"find-next", {}},
                                                                            {"status", {}},
                                                                            {"status", {"--nonsense"}},
                                                                            {"reap", {}},
                                                                            {"release", {"--help"}},
                                                                            {"kick", {"--schema"}},
                                                                            {"smbatcher", {"help"}},
                                                                            {"smbatcher", {"nonsense"}}}) {
    Command command = sandbox.command(tool, args);
    command.stdout_path = "/dev/full";
    EXPECT_EQ(run(command).status, 2) << tool;
  }
}

TEST(ClosedOutput, ChangesNothing) {
  const Sandbox sandbox(kOneSite);
  const std::string before = sandbox.registry();
  const ProcessResult result = run_after(sandbox, ":", "find-next", {"--claim", "--owner", "a1"}, ">&-");
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(sandbox.registry(), before);
}

TEST(ClosedOutput, InputAndErrorMayBeClosed) {
  const Sandbox sandbox(kOneSite);
  const ProcessResult result = run_after(sandbox, ":", "find-next", {"--claim", "--format", "text"}, "<&- 2>&-");
  expect_ok(result, "OK:claimed:003");
  EXPECT_EQ(sandbox.status_of("a.example"), "i");
}

TEST(BrokenPipe, IsExitTwoAndTheClaimCanBeRepeated) {
  const Sandbox sandbox(kOneSite);
  Command command = sandbox.command("find-next", {"--claim", "--owner", "a1"});
  // The reader is gone before the tool starts.
  command.argv = {"bash", "-c", "exec 3> >(:); wait $!; \"$0\" --claim --owner a1 >&3; echo status $?",
                  command.argv[0]};
  const ProcessResult result = run(command);
  EXPECT_EQ(result.out, "status 2\n");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {"--claim", "--owner", "a1"}), "action"), "continue");
}

TEST(FullDisk, LeavesTheRegistryAndNoTemporaryFile) {
  std::string text = Sandbox::registry_text(kOneSite) + "\n";
  for (int i = 0; i < 2000; ++i) {
    text += "A line of prose that makes the registry larger than the limit.\n";
  }
  const Sandbox sandbox(text);
  // 1 KiB units: the lock file and the history fit, the registry's replacement does not.
  const ProcessResult result =
      run_after(sandbox, "ulimit -f 32", "find-next", {"--claim", "--owner", "a1", "--format", "text"});
  expect_error(result, "ERROR:file_size_limit");
  EXPECT_EQ(sandbox.registry(), text);
  for (const std::string& name : sandbox.dir().list(".smbatcher")) {
    EXPECT_FALSE(name.ends_with(".part") || name.ends_with(".next")) << name;
  }
  EXPECT_EQ(text_of(ask(sandbox, "find-next", {"--claim", "--owner", "a2"}), "action"), "start");
}

TEST(FullDisk, WithoutRoomForTheHistoryChangesNothing) {
  const Sandbox sandbox(kOneSite);
  claim_for(sandbox, "a1");
  const std::string registry = sandbox.registry();
  for (int i = 0; i < 4; ++i) {  // until the history is the largest of all files
    const std::string token = claim_for(sandbox, "a1");
    expect_ok(sandbox.run("release", {"--token", token, "--no-attempt"}), "OK:released");
    claim_for(sandbox, "a1");
  }
  const std::string history = sandbox.dir().read(".smbatcher/state/history.jsonl");
  const std::string limit = std::to_string(history.size() / 1024);
  const ProcessResult result = run_after(sandbox, "ulimit -f " + limit, "release", {"--batch", "3", "--owner", "a1"});
  expect_error(result, "ERROR:file_size_limit");
  EXPECT_EQ(sandbox.registry(), registry);
  EXPECT_TRUE(sandbox.dir().read(".smbatcher/state/history.jsonl").starts_with(history));
  expect_ok(sandbox.run("release", {"--batch", "3", "--owner", "a1"}), "OK:released");
}

}  // namespace
}  // namespace smbatcher::test
