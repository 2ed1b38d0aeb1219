#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <map>
#include <set>

#include "tests/process/coord_support.h"

namespace smbatcher::test {
namespace {

using std::chrono::seconds;

constexpr int kRounds = 50;

Command lock_command(const Project& project, int caller, const std::vector<std::string>& args) {
  Command command = project.command("coord-lock", args);
  command.env["COORD_INSTANCE_ID"] = numbered_id(caller);
  return command;
}

std::vector<Command> many(int count, const std::function<Command(int)>& command) {
  std::vector<Command> commands;
  for (int i = 0; i < count; ++i) {
    commands.push_back(command(i));
  }
  return commands;
}

/// Everybody acquires the file; the one who got it, by the lock file and by the answers.
void expect_one_holder(const Project& project, const std::string& round) {
  const auto results = run_together(many(kCoordRacers, [&](int i) {
    return lock_command(project, i, {"acquire", "a.py"});
  }));
  std::vector<std::string> granted;
  for (int i = 0; i < kCoordRacers; ++i) {
    const ProcessResult& result = results[static_cast<std::size_t>(i)];
    if (result.status == 0) {
      granted.push_back(numbered_id(i));
    } else {
      EXPECT_EQ(result.status, 10) << round << result.out;
    }
  }
  ASSERT_EQ(granted.size(), 1U) << round;
  EXPECT_EQ(text_of(*project.file(kLockOfA).find("locked_by"), "instance_id"), granted.front()) << round;
}

TEST(CoordRace, OneFreeFileHasOneHolder) {
  const Project project;
  for (int round = 0; round < kRounds; ++round) {
    expect_one_holder(project, "round " + std::to_string(round) + ": ");
    std::filesystem::remove(project.at(kLockOfA));
  }
}

TEST(CoordRace, OneExpiredLockIsTakenOverByOne) {
  const Project project;
  for (int round = 0; round < kRounds; ++round) {
    project.dir().write(kLockOfA, original_lock("a.py", kAnna, seconds(-5)));
    expect_one_holder(project, "round " + std::to_string(round) + ": ");
  }
}

TEST(CoordRace, NoRegistrationIsLost) {
  const Project project;
  const auto results =
      run_together(many(kCoordRacers, [&](int) { return project.command("coord-instance", {"register"}); }));
  std::set<std::string> ids;
  for (const ProcessResult& result : results) {
    ASSERT_EQ(result.status, 0) << result.out;
    ids.insert(result.out.substr(0, result.out.size() - 1));
  }
  EXPECT_EQ(ids.size(), static_cast<std::size_t>(kCoordRacers));
  const auto listed = project.instances();
  EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()), ids);
}

TEST(CoordRace, NoHeartbeatOfOneInstanceIsLost) {
  const Project project;
  ASSERT_EQ(project.run("coord-instance", {"register", "--id", kAnna}).status, 0);
  const auto results = run_together(many(kCoordRacers, [&](int) {
    return project.command("coord-instance", {"heartbeat", "--id", kAnna});
  }));
  std::set<std::string> counts;
  for (const ProcessResult& result : results) {
    EXPECT_EQ(result.status, 0) << result.out;
    counts.insert(result.out);
  }
  EXPECT_EQ(counts.size(), static_cast<std::size_t>(kCoordRacers));
  EXPECT_EQ(number_of(project.file(kFolder + "heartbeats/" + kAnna + ".json"), "ping_count"), kCoordRacers);
}

TEST(CoordRace, OwnFilesOfManyAreAllListed) {
  const Project project;
  for (int i = 0; i < kCoordRacers; ++i) {
    ASSERT_EQ(project.run("coord-instance", {"register", "--id", numbered_id(i)}).status, 0);
  }
  for (const ProcessResult& result : run_together(many(kCoordRacers, [&](int i) {
         return lock_command(project, i, {"acquire", "f" + std::to_string(i) + ".py"});
       }))) {
    EXPECT_EQ(result.status, 0) << result.out;
  }
  EXPECT_EQ(project.locked().size(), static_cast<std::size_t>(kCoordRacers));
  std::size_t listed = 0;
  const Json registry = project.file(kFolder + "work-registry.json");
  for (const Json& instance : *registry.find("instances")->array()) {
    listed += instance.find("files_locked")->array()->size();
  }
  EXPECT_EQ(listed, static_cast<std::size_t>(kCoordRacers));
}

TEST(CoordRace, ALockFileThatIsRemovedMeanwhileMakesNoSecondHolder) {
  const Project project;
  ASSERT_EQ(project.run("coord-instance", {"register", "--id", numbered_id(1)}).status, 0);
  // A call of ours is at work, as far as others can tell, and somebody removes its mutex file: the folder's lock, which
  // every call takes too, keeps the next one out.
  const int folder = ::open(project.at(kFolder).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(folder, LOCK_EX), 0);
  std::filesystem::remove(project.at(kFolder + "work-registry.json.lock"));
  const std::vector<std::string> args{"acquire", "a.py", "--lock-timeout", "0"};
  expect_error(test::run(lock_command(project, 1, args)), "ERROR:lock_timeout");
  EXPECT_FALSE(project.dir().exists(kLockOfA));
  ::close(folder);
  EXPECT_EQ(test::run(lock_command(project, 1, args)).status, 0);
}

}  // namespace
}  // namespace smbatcher::test
