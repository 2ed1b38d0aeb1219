#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string kLocks = kFolder + "locks/";

/// What other programs, people and full disks leave in the folder gives nobody a file that another holds.
class CoordDamage : public TwoAgents {
 protected:
  std::vector<std::string> set_aside(const std::string& folder) const {
    std::vector<std::string> found;
    for (const std::string& name : project.dir().list(folder)) {
      if (name.find(".corrupt-") != std::string::npos) {
        found.push_back(name);
      }
    }
    return found;
  }
  /// Ben's session, which his hooks know as his instance.
  std::string denied(const std::string& path) const {
    return denial(project.hook("PreToolUse", tool_call("ben", "Write", path, "t1")));
  }
};

TEST_F(CoordDamage, OfALockFileLeavesTheLockToItsHolder) {
  // Names of three kinds: base64 for both files, base64 and a hash, a hash for both.
  for (const std::string& path : {std::string("a.py"), std::string(170, 'n'), std::string(200, 'n')}) {
    for (const char* damage : {"", "{\"file_path\": ", "[]"}) {
      SCOPED_TRACE(path + damage);
      ASSERT_EQ(lock(kAnna, {"acquire", path}).status, 0);
      for (const std::string& name : project.dir().list(kLocks)) {
        if (name.ends_with(".json")) {
          project.dir().write(kLocks + name, damage);
        }
      }
      EXPECT_EQ(lock(kBen, {"check", path}).status, 10);
      EXPECT_THAT(denied(path), HasSubstr(kAnna));
      EXPECT_THAT(lock(kBen, {"acquire", path}).out, StartsWith("FAIL:held:" + std::string(kAnna)));
      EXPECT_THAT(project.locked(), ElementsAre(path));  // and the lock file is back
      EXPECT_EQ(lock(kAnna, {"renew", path}).status, 0);
      EXPECT_EQ(lock(kAnna, {"release", path}).status, 0);
      EXPECT_EQ(lock(kBen, {"acquire", path}).status, 0);
      EXPECT_EQ(lock(kBen, {"release", path}).status, 0);
    }
  }
}

TEST_F(CoordDamage, OfALockFileIsHealedByWhoLooksAtAllOfThem) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  project.dir().write(kLockOfA, "");
  EXPECT_EQ(lock(kBen, {"cleanup"}).status, 0);
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 10);
  project.dir().write(kLockOfA, "");
  EXPECT_EQ(instance(kAnna, {"unregister"}).status, 0);
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
}

TEST_F(CoordDamage, ACopyOfALockFileIsNobodysLock) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  std::filesystem::copy_file(project.at(kLockOfA), project.at(kLocks + "copy.json"));
  ASSERT_EQ(lock(kAnna, {"release", "a.py"}).status, 0);
  ASSERT_EQ(lock(kBen, {"acquire", "a.py"}).status, 0);
  // Anna's end frees nothing that the copy says is hers.
  EXPECT_THAT(instance(kAnna, {"unregister"}).out, HasSubstr("lock_name_taken"));
  EXPECT_EQ(lock(kCarl, {"check", "a.py"}).status, 10);
  EXPECT_THAT(lock(kBen, {"list"}).out, StartsWith("OK:locks:1\n"));
}

TEST_F(CoordDamage, OfOneLockDoesNotKeepTheOthersFromBeingRenewed) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "b.py"}).status, 0);
  std::string other = project.dir().read(kLockOfA);
  other.replace(other.find("a.py"), 4, "z.py");
  project.dir().write(kLockOfA, other);
  project.dir().write(kLocks + "Yi5weQ.json", original_lock("b.py", kAnna, seconds(100)));  // past half of its time
  const ProcessResult beat = instance(kAnna, {"heartbeat", "--json"});
  EXPECT_EQ(beat.status, 0);
  EXPECT_THAT(beat.out, HasSubstr("lock_name_taken"));
  EXPECT_EQ(json(beat).find("renewed")->dump(), R"(["b.py"])");
  EXPECT_EQ(instance(kAnna, {"unregister"}).status, 0);
  EXPECT_EQ(lock(kBen, {"acquire", "b.py"}).status, 0);
}

TEST_F(CoordDamage, OfAnIdMovesNoFileOfTheProjectAndStopsNobody) {
  project.dir().write("package.json", "{\"name\": \"p\"}\n");
  for (const std::string& id : {std::string("../../../package"), std::string(400, 'x'), std::string(".")}) {
    std::string registry = original_registry(project.dir().path(), "ID", seconds(1000));
    for (std::size_t at = registry.find("ID"); at != std::string::npos; at = registry.find("ID", at + id.size())) {
      registry.replace(at, 2, id);
    }
    project.dir().write(kFolder + "work-registry.json", registry);
    EXPECT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0) << id;
    EXPECT_EQ(project.dir().read("package.json"), "{\"name\": \"p\"}\n") << id;
    EXPECT_THAT(project.instances(), ::testing::UnorderedElementsAre(kAnna, kBen)) << id;
  }
}

TEST_F(CoordDamage, AFolderInTheWayOfAFileIsSetAside) {
  for (const std::string& name : {kLockOfA, kFolder + "work-registry.json", kFolder + "heartbeats/" + kBen + ".json"}) {
    std::filesystem::remove(project.at(name));
    std::filesystem::create_directory(project.at(name));
  }
  EXPECT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  EXPECT_THAT(project.instances(), Contains(kAnna));
  EXPECT_EQ(instance(kBen, {"register", "--id", kBen}).status, 0);
  EXPECT_EQ(lock(kBen, {"acquire", "a.py"}).status, 10);
  EXPECT_EQ(set_aside(kLocks).size(), 1U);
}

TEST_F(CoordDamage, OfAListLeavesNoLockBehindAnInstancesEnd) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py", "b.py"}).status, 0);
  std::string registry = project.dir().read(kFolder + "work-registry.json");
  const std::size_t listed = registry.find("\"a.py\",");
  registry.erase(listed, 7);
  project.dir().write(kFolder + "work-registry.json", registry);
  ASSERT_EQ(lock(kCarl, {"acquire", "c.py"}).status, 0);  // unregistered, so on nobody's list
  ASSERT_EQ(instance(kCarl, {"register", "--id", kCarl}).status, 0);
  EXPECT_EQ(instance(kAnna, {"unregister"}).status, 0);
  EXPECT_THAT(project.locked(), ElementsAre("c.py"));
  EXPECT_EQ(instance(kCarl, {"unregister"}).status, 0);
  EXPECT_THAT(project.locked(), IsEmpty());
}

TEST_F(CoordDamage, OfAnothersLockIsNotLookedAtByAnEnd) {
  ASSERT_EQ(lock(kAnna, {"acquire", "a.py"}).status, 0);
  ASSERT_EQ(lock(kBen, {"acquire", "b.py"}).status, 0);
  project.dir().write(kLockOfA, "");
  EXPECT_EQ(instance(kBen, {"unregister"}).out, "OK:unregistered:" + std::string(kBen) + "\n");
  EXPECT_THAT(set_aside(kLocks), IsEmpty());  // who reads it sets it aside: a thousand of others are not read
}

TEST_F(CoordDamage, AProjectInAFolderThatIsNotUtf8HasLocksToo) {
  const std::string root = project.at("caf\xe9");
  std::filesystem::create_directory(root);
  const auto in_it = [&](const std::string& id, const std::vector<std::string>& args) {
    Command command = project.command("coord-lock", args);
    command.env["CLAUDE_PROJECT_DIR"] = root;
    command.env["COORD_INSTANCE_ID"] = id;
    command.cwd = root;
    return test::run(command);
  };
  EXPECT_EQ(in_it(kAnna, {"acquire", "a.py"}).status, 0);
  EXPECT_EQ(in_it(kBen, {"acquire", "a.py"}).status, 10);
  Command hook = project.command("coord-hook", {"PreToolUse"});
  hook.env["CLAUDE_PROJECT_DIR"] = root;
  hook.cwd = root;
  hook.input = tool_call("ben", "Write", "a.py", "t1").dump();
  EXPECT_THAT(denial(Project::answer(test::run(hook))), HasSubstr(kAnna));
}

TEST_F(CoordDamage, OtherSpellingsOfAPathAreDeniedToo) {
  project.dir().write("src/a.py", "x\n");
  std::filesystem::create_symlink("src", project.at("link"));
  std::filesystem::create_symlink("a.py", project.at("src/alias.py"));
  ASSERT_EQ(lock(kAnna, {"acquire", "src/a.py"}).status, 0);
  for (const char* path : {"src/a.py", "src/a.py/", "src/a.py//", "./src/../src/./a.py", "src//a.py", "link/a.py",
                           "link/../src/alias.py", "src/a.py/."}) {
    EXPECT_THAT(denied(path), HasSubstr(kAnna)) << path;
  }
  EXPECT_THAT(denied(project.at("src/a.py/")), HasSubstr(kAnna));
  Command home = project.hook_command("PreToolUse", tool_call("ben", "Write", "~/src/a.py", "t1"));
  home.env["HOME"] = project.dir().path();
  EXPECT_THAT(denial(Project::answer(test::run(home))), HasSubstr(kAnna));
}

TEST_F(CoordDamage, CleanupToldBeforehandChangesNothing) {
  project.dir().write(kLockOfA, original_lock("a.py", kCarl, seconds(-5)));
  project.dir().write(kFolder + "heartbeats/" + kCarl + ".json", original_heartbeat(kCarl, seconds(301)));
  project.dir().write(kLocks + "Yi5weQ.json", original_lock("b.py", kAnna, seconds(-5)));
  const ProcessResult told = lock(kBen, {"cleanup", "--dry-run", "--json"});
  EXPECT_EQ(json(told).find("instances")->dump(), "[\"" + std::string(kCarl) + "\"]");
  EXPECT_EQ(json(told).find("locks")->dump(), R"(["b.py"])");
  EXPECT_THAT(lock(kBen, {"cleanup", "--dry-run"}).out, StartsWith("OK:dry_run\n"));
  EXPECT_THAT(project.locked(), ElementsAre("a.py", "b.py"));
  EXPECT_EQ(lock(kBen, {"cleanup"}).out, "OK:cleaned_up:1:1\nremoved 1 instance and 1 lock\n");
  EXPECT_THAT(project.locked(), IsEmpty());
  EXPECT_EQ(lock(kBen, {"acquire", "a.py", "--dry-run"}).status, 2);
}

TEST_F(CoordDamage, ADecisionLogWhoseLockFileIsRemovedHasOneWriter) {
  const std::vector<std::string> add{"add", "--category=testing", "--title=T", "--description=D", "--lock-timeout=0"};
  const int folder = ::open(project.at(kFolder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(folder, LOCK_EX), 0);  // a writer, whose lock file somebody has removed
  expect_error(project.run_as(kBen, "coord-decisions", add), "ERROR:lock_timeout");
  ::close(folder);
  EXPECT_EQ(project.run_as(kBen, "coord-decisions", add).status, 0);
}

TEST_F(CoordDamage, ANumberOfALogThatWasSetAsideDoesNotComeAgain) {
  const std::vector<std::string> add{"add", "--category=testing", "--title=T", "--description=D"};
  // An original's log, damaged; who set it aside died right after.
  project.dir().write(kFolder + "decision-log.json.corrupt-20261120T180000Z", "{ \"DEC-20261120-0041\"");
  EXPECT_THAT(project.run_as(kBen, "coord-decisions", add).out, EndsWith("-0042\n"));
}

}  // namespace
}  // namespace smbatcher::test
