#include <filesystem>

#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// File locks, one caller at a time: what each verb answers and leaves behind.
class CoordLock : public TwoAgents {};

TEST_F(CoordLock, IsHeldByOneAndAnswersTheOtherWith10) {
  const ProcessResult granted = lock(kAnna, {"acquire", "a.py", "--intent", "Rename it"});
  EXPECT_EQ(granted.out, "OK:acquired:1\n");
  EXPECT_EQ(granted.status, 0);
  const ProcessResult refused = lock(kBen, {"acquire", "a.py"});
  EXPECT_EQ(refused.status, 10);
  EXPECT_THAT(refused.out, StartsWith("FAIL:held:" + std::string(kAnna) + ":"));
  EXPECT_THAT(refused.out, HasSubstr("(Fix the parser)"));
  EXPECT_EQ(lock(kBen, {"check", "a.py"}).status, 10);
  EXPECT_EQ(lock(kBen, {"release", "a.py"}).status, 10);
  EXPECT_EQ(lock(kBen, {"renew", "a.py"}).status, 10);
  EXPECT_EQ(lock(kAnna, {"check", "a.py"}).out, "OK:own:1\n");
  EXPECT_EQ(lock(kAnna, {"release", "a.py"}).out, "OK:released:1\n");
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
  EXPECT_THAT(files_locked(kAnna), IsEmpty());
  EXPECT_THAT(files_locked(kBen), ElementsAre("a.py"));
}

TEST_F(CoordLock, IsGrantedOnSeveralFilesOrOnNone) {
  ASSERT_EQ(lock(kAnna, {"acquire", "b.py"}).status, 0);
  EXPECT_EQ(lock(kBen, {"acquire", "a.py", "b.py", "c.py"}).status, 10);
  EXPECT_THAT(project.locked(), ElementsAre("b.py"));
  ASSERT_EQ(lock(kAnna, {"release", "b.py"}).status, 0);
  EXPECT_EQ(lock(kBen, {"acquire", "c.py", "a.py", "./c.py"}).out, "OK:acquired:2\n");
  EXPECT_THAT(files_locked(kBen), ElementsAre("a.py", "c.py"));
}

TEST_F(CoordLock, ThatHasExpiredIsFreeForCheckAndAcquireAlike) {
  project.dir().write(kLockOfA, original_lock("a.py", kAnna, seconds(-1)));
  const ProcessResult checked = lock(kBen, {"check", "a.py"});
  EXPECT_EQ(checked.status, 11);
  EXPECT_THAT(checked.out, StartsWith("FAIL:lock_expired:" + std::string(kAnna) + "\n"));
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
  EXPECT_EQ(text_of(*project.file(kLockOfA).find("locked_by"), "instance_id"), kBen);
}

TEST_F(CoordLock, TakenOverLeavesTheListOfItsFormerHolder) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "--ttl", "5m"}).status, 0);
  // Whoever edits the lock file decides: what lies beside it no longer agrees.
  project.dir().write(kLockOfA, original_lock("a.py", kAnna, seconds(-5)));
  ASSERT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
  EXPECT_THAT(files_locked(kAnna), IsEmpty());
  EXPECT_THAT(files_locked(kBen), ElementsAre("a.py"));
  EXPECT_EQ(lock(kAnna, {"renew", "a.py"}).status, 10);
}

TEST_F(CoordLock, EndsWithTheProcessThatWasNamed) {
  Process worker({.argv = {"sleep", "1000"}});
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "--pid", std::to_string(worker.pid())}).status, 0);
  EXPECT_EQ(lock(kBen, {"check", "a.py"}).status, 10);
  worker.kill(SIGKILL);
  (void)worker.wait();
  EXPECT_EQ(lock(kBen, {"check", "a.py"}).status, 11);
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
}

TEST_F(CoordLock, DoesNotEndWithACommandThatTookIt) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);  // that process is gone by now
  EXPECT_EQ(lock(kBen, {"check", "a.py"}).status, 10);
  project.dir().write(kFolder + "locks/Yi5weQ.json", original_lock("b.py", kAnna, seconds(200)));
  EXPECT_EQ(lock(kBen, {"acquire", "b.py"}).status, 10);
}

/// All instances, as if their last sign of life were 320 seconds ago.
void silence_all_instances(const Project& project) {
  project.dir().write(kFolder + "heartbeats/" + kAnna + ".json", original_heartbeat(kAnna, seconds(320), 3));
  std::string registry = project.dir().read(kFolder + "work-registry.json");
  const std::string old = time_from_now(seconds(-320));
  for (std::size_t at = 0; (at = registry.find("\"last_ping\": \"", at)) != std::string::npos; at += 20) {
    registry.replace(at + 14, old.size(), old);
  }
  project.dir().write(kFolder + "work-registry.json", registry);
}

TEST_F(CoordLock, OfATimeThatWasAskedForHoldsThroughSilence) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "--ttl", "1h"}).status, 0);
  ASSERT_EQ(lock(kAnna, {"acquire", "b.py"}).status, 0);
  silence_all_instances(project);
  EXPECT_EQ(lock(kBen, {"check", "a.py"}).status, 10);
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 10);
  EXPECT_EQ(lock(kBen, {"acquire", "b.py"}).status, 0);
  EXPECT_EQ(lock(kBen, {"cleanup"}).status, 0);
  EXPECT_EQ(lock(kAnna, {"renew", "a.py"}).status, 0);
  EXPECT_EQ(lock(kAnna, {"release", "--all"}).out, "OK:released:1\n");
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
}

TEST_F(CoordLock, OfAStaleInstanceIsFreeAndTheInstanceIsTold13) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  silence_all_instances(project);
  EXPECT_EQ(lock(kBen, {"check", "a.py"}).status, 11);
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
  EXPECT_THAT(project.instances(), ElementsAre(kBen));
  for (const auto& [tool, verb] : std::vector<std::pair<const char*, std::vector<std::string>>>{
           {"coord-instance", {"heartbeat"}}, {"coord-lock", {"renew", "a.py"}}, {"coord-lock", {"release", "a.py"}}}) {
    const ProcessResult told = project.run_as(kAnna, tool, verb);
    EXPECT_EQ(told.status, 13) << told.command;
    EXPECT_THAT(told.out, StartsWith("FAIL:stale_instance:" + std::string(kAnna) + "\n"));
  }
  EXPECT_EQ(instance(kAnna, {"register", "--id", kAnna}).out, std::string(kAnna) + "\n");
  EXPECT_EQ(instance(kAnna, {"heartbeat"}).out, "OK:heartbeat:1\n");
}

TEST_F(CoordLock, ConflictsWhenSomebodyElseWrote) {
  project.dir().write("a.py", "one\n");
  EXPECT_EQ(lock(kAnna, {"conflict", "a.py"}).out, "OK:unchanged:1\n");  // no lock, nothing to compare with
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "new.py"}).status, 0);
  EXPECT_EQ(lock(kAnna, {"conflict", "a.py", "new.py"}).status, 0);
  project.dir().write("a.py", "two\n");
  const ProcessResult changed = lock(kAnna, {"conflict", "a.py"});
  EXPECT_EQ(changed.status, 12);
  EXPECT_THAT(changed.out, StartsWith("FAIL:conflict:a.py\n"));
  project.dir().write("new.py", "");
  EXPECT_EQ(lock(kBen, {"conflict", "new.py"}).status, 12);
  EXPECT_EQ(lock(kAnna, {"acquire", "a.py", "new.py"}).status, 0);  // takes note of what is there now
  EXPECT_EQ(lock(kAnna, {"conflict", "a.py", "new.py"}).status, 0);
  std::filesystem::remove(project.at("a.py"));
  EXPECT_EQ(lock(kAnna, {"conflict", "a.py"}).status, 12);
}

TEST_F(CoordLock, AcquiredAgainByItsHolderTakesTheNewIntent) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "--intent", "one"}).status, 0);
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "--intent", "two"}).status, 0);
  EXPECT_EQ(text_of(project.file(kLockOfA), "intent"), "two");
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  EXPECT_EQ(text_of(project.file(kLockOfA), "intent"), "two");
}

TEST_F(CoordLock, IsRenewedByItsHolderAlone) {
  EXPECT_EQ(lock(kAnna, {"renew", "a.py"}).status, 1);
  EXPECT_THAT(lock(kAnna, {"renew", "a.py"}).out, StartsWith("FAIL:not_locked:a.py\n"));
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "--ttl", "60s"}).status, 0);
  EXPECT_EQ(lock(kAnna, {"renew", "a.py", "--ttl", "10m"}).out, "OK:renewed:1\n");
  const Json held = json(lock(kAnna, {"check", "a.py", "--json"}));
  EXPECT_GT(number_of((*held.find("locks")->array())[0], "left_s"), 590);
}

TEST_F(CoordLock, HeartbeatRenewsWhatIsPastHalfOfItsTime) {
  project.dir().write(kLockOfA, original_lock("a.py", kAnna, seconds(100)));
  ASSERT_EQ(lock(kAnna, {"acquire", "b.py"}).status, 0);
  std::string registry = project.dir().read(kFolder + "work-registry.json");
  registry.replace(registry.find("\"b.py\""), 6, "\"a.py\",\n        \"b.py\"");
  project.dir().write(kFolder + "work-registry.json", registry);
  const Json beat = json(instance(kAnna, {"heartbeat", "--json"}));
  EXPECT_EQ(beat.find("renewed")->dump(), R"(["a.py"])");
  const Json held = json(lock(kAnna, {"check", "a.py", "--json"}));
  EXPECT_GT(number_of((*held.find("locks")->array())[0], "left_s"), 290);
}

TEST_F(CoordLock, OverwrittenByAnotherIsToldAtTheNextHeartbeat) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  project.dir().write(kLockOfA, original_lock("a.py", kBen, seconds(300)));
  EXPECT_EQ(json(instance(kAnna, {"heartbeat", "--json"})).find("lost")->dump(), R"(["a.py"])");
  EXPECT_THAT(files_locked(kAnna), IsEmpty());
}

TEST_F(CoordLock, OfOneInstanceStaysWhenAnotherEnds) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  ASSERT_EQ(lock(kBen, {"acquire", "b.py"}).status, 0);
  EXPECT_EQ(instance(kBen, {"unregister"}).out, "OK:unregistered:" + std::string(kBen) + "\n");
  EXPECT_THAT(project.locked(), ElementsAre("a.py"));
  EXPECT_EQ(instance(kBen, {"unregister"}).status, 0);  // again, after an answer that nobody saw
}

TEST_F(CoordLock, CleanupTakesAwayWhatHasEnded) {
  project.dir().write(kLockOfA, original_lock("a.py", "claude-manual-20260108-124532-a3f7b2d1", seconds(-1)));
  project.dir().write(kFolder + "locks/Yi5weQ.json", original_lock("b.py", kAnna, seconds(60)));
  EXPECT_EQ(lock(kAnna, {"cleanup"}).out, "OK:cleaned_up:0:1\nremoved 0 instances and 1 lock\n");
  EXPECT_THAT(project.locked(), ElementsAre("b.py"));
}

TEST_F(CoordLock, ListShowsEveryLock) {
  EXPECT_EQ(lock(kAnna, {"list"}).out, "OK:locks:0\n");
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "--intent", "Rename it"}).status, 0);
  project.dir().write(kFolder + "locks/Yi5weQ.json", original_lock("b.py", kBen, seconds(-10)));
  EXPECT_EQ(lock(kAnna, {"list"}).out, "OK:locks:2\na.py by " + std::string(kAnna) +
                                           " (Fix the parser), 5 min left: Rename it\nb.py by " + kBen +
                                           " (Fix the parser), free: expired: Editing file\n");
}

TEST_F(CoordLock, IsOneHoweverThePathIsSpelled) {
  project.dir().write("src/a.py", "");
  project.dir().make_dir("docs");
  std::filesystem::create_symlink("a.py", project.at("src/link.py"));
  std::filesystem::create_symlink("src", project.at("lib"));
  ASSERT_EQ(lock(kAnna, {"acquire", "src/a.py"}).status, 0);
  for (const std::string& path :
       {std::string("./src//a.py"), std::string("docs/../src/a.py"), std::string("src/link.py"),
        std::string("lib/a.py"), project.at("src/a.py"), project.at("none/../src/./a.py")}) {
    EXPECT_EQ(lock(kBen, {"acquire", path}).status, 10) << path;
  }
  EXPECT_THAT(project.locked(), ElementsAre("src/a.py"));
}

TEST_F(CoordLock, IsRefusedForWhatIsNoFileOfTheProject) {
  project.dir().make_dir("src");
  std::filesystem::create_symlink("/etc/passwd", project.at("out"));
  const auto refused = [this](const std::string& path, const std::string& line) {
    const ProcessResult result = lock(kAnna, {"acquire", path});
    EXPECT_EQ(result.status, 2) << path;
    EXPECT_THAT(result.out, StartsWith(line)) << path;
  };
  refused("../x", "ERROR:path_outside_project:../x\n");
  refused("/etc/passwd", "ERROR:path_outside_project:/etc/passwd\n");
  refused("out", "ERROR:path_outside_project:out\n");
  refused("src", "ERROR:not_a_file:");
  refused("src/", "ERROR:not_a_file:");
  refused(".", "ERROR:not_a_file:");
  refused(project.at(""), "ERROR:not_a_file:");
  refused("bad\xff", "ERROR:invalid_path:");
  EXPECT_THAT(project.locked(), IsEmpty());
}

TEST_F(CoordLock, HasAFileForEveryPath) {
  // Each name comes back as it went in, and is locked: never a grant without a lock file.
  const std::vector<std::string> paths{"quote\"'.py",
                                       "new\nline",
                                       "tab\there",
                                       "ümläut-日本語-🙂.py",
                                       "back\\slash",
                                       " blank ",
                                       std::string(4000, 'x'),
                                       "d/" + std::string(3990, 'y'),
                                       std::string(190, 'z'),
                                       std::string(150, 'w'),
                                       "-dash"};
  for (const std::string& path : paths) {
    EXPECT_EQ(lock(kAnna, {"acquire", "--intent=" + path.substr(0, 60), "--", path}).out, "OK:acquired:1\n") << path;
    EXPECT_EQ(lock(kBen, {"acquire", "--", path}).status, 10) << path;
  }
  std::vector<std::string> sorted = paths;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_TRUE(project.locked() == sorted);
  EXPECT_TRUE(files_locked(kAnna) == sorted);
  for (const std::string& path : paths) {
    EXPECT_EQ(lock(kAnna, {"release", "--", path}).out, "OK:released:1\n") << path;
  }
  EXPECT_THAT(project.locked(), IsEmpty());
}

TEST_F(CoordLock, CallIsRefusedForTextsThatAreTooLongAndIdsThatAreNone) {
  std::string longest;
  for (int i = 0; i < 100; ++i) {
    longest += "ü";
  }
  EXPECT_EQ(lock(kAnna, {"acquire", "a.py", "--intent", longest}).status, 0);
  EXPECT_EQ(lock(kAnna, {"acquire", "a.py", "--intent", longest + "ü"}).status, 2);
  EXPECT_EQ(instance(kAnna, {"register", "--task", std::string(200, 't')}).status, 0);
  EXPECT_EQ(instance(kAnna, {"register", "--task", std::string(201, 't')}).status, 2);
  for (const char* id : {"anna", "claude-2026-124532-a3f7b2d1", "../claude-20260108-124532-a3f7b2d1",
                         "claude-20260108-124532-A3F7B2D1"}) {
    EXPECT_THAT(lock(id, {"acquire", "b.py"}).out, StartsWith("ERROR:invalid_argument:")) << id;
    EXPECT_EQ(instance(kAnna, {"register", "--id", id}).status, 2) << id;
  }
}

TEST_F(CoordLock, ExpiryIsTheOriginals) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  const Json lock_file = project.file(kLockOfA);
  EXPECT_EQ(*parse_time(text_of(lock_file, "expires_at")) - *parse_time(text_of(lock_file, "locked_at")), seconds(300));
}

TEST(CoordIdentity, IsNeverThatOfAFolderWithTwoInstances) {
  const Project project;
  const ProcessResult nobody = project.run("coord-instance", {"id"});
  EXPECT_EQ(nobody.status, 2);
  EXPECT_THAT(nobody.out, StartsWith("ERROR:no_instance:"));
  for (const char* id : {kAnna, kBen}) {
    ASSERT_EQ(project.run("coord-instance", {"register", "--id", id}).status, 0);
  }
  const std::string anna_line = "CLAUDE_INSTANCE_ID=" + std::string(kAnna) + "\n";
  project.dir().write(".claude/.instance_env", anna_line + "CLAUDE_INSTANCE_ID=" + kCarl + "\n");
  EXPECT_EQ(project.run("coord-instance", {"id"}).out, std::string(kAnna) + "\n");  // carl does not live
  project.dir().write(".claude/.instance_env", anna_line + "export CLAUDE_INSTANCE_ID=\"" + kBen + "\"\n");
  EXPECT_EQ(project.run("coord-instance", {"id"}).status, 2);
  EXPECT_EQ(project.run_as(kCarl, "coord-instance", {"id"}).out, std::string(kCarl) + "\n");
  EXPECT_EQ(project.run_as(kCarl, "coord-instance", {"id", "--id", kBen}).out, std::string(kBen) + "\n");
}

TEST(CoordPlace, IsTheWorkTreesOwn) {
  const TempDir dir;
  dir.make_dir("main/.git");
  dir.make_dir("main/sub");
  dir.write("linked/.git", "gitdir: " + dir.at("main/.git/worktrees/linked") + "\n");
  dir.write("main/.git/HEAD", "ref: refs/heads/feature/auth\n");
  const auto enroll = [&dir](const std::string& folder) {
    Command command{
        .argv = {tool_path("coord-instance"), "register"}, .env = clean_environment(), .cwd = dir.at(folder)};
    command.env["CLAUDE_PROJECT_DIR"] = std::nullopt;
    EXPECT_EQ(test::run(command).status, 0);
  };
  enroll("main/sub");
  EXPECT_TRUE(dir.exists("main/.claude/coordination/work-registry.json"));
  EXPECT_THAT(dir.read("main/.claude/coordination/work-registry.json"), HasSubstr(R"("branch": "feature/auth")"));
  enroll("linked");
  EXPECT_TRUE(dir.exists("linked/.claude/coordination/work-registry.json"));
}

}  // namespace
}  // namespace smbatcher::test
