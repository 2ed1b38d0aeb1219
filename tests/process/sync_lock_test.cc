#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "libregistry/core/base/clock.h"
#include "tests/process/sync_support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;

std::string host() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

class SyncLocked : public ::testing::Test {
 protected:
  SyncLocked() {
    scene_.begin_with({{"file.txt", "one\n"}});
    scene_.clone("a");
    scene_.write("a/mine.txt", "mine\n");
  }

  void expect_deferred(const std::vector<std::string>& args, const std::string& holder) const {
    const ProcessResult result = scene_.sync("a", args);
    EXPECT_EQ(result.status, 75) << result.out;
    EXPECT_TRUE(result.out.starts_with("FAIL:deferred:" + holder)) << result.out;
    EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "?? mine.txt\n");
  }
  /// The folder lock as we write it, with these facts.
  void leave_folder(const std::string& pid, const std::string& on, const std::string& boot) const {
    scene_.write(kFolder + "/pid", pid + "\n");
    scene_.write(kFolder + "/host", on + "\n");
    scene_.write(kFolder + "/start_time", "1\n");
    scene_.write(kFolder + "/boot_id", boot + "\n");
  }
  void make_old(const std::string& path) const {
    const std::array<timespec, 2> times{{{::time(nullptr) - 601, 0}, {::time(nullptr) - 601, 0}}};
    ::utimensat(AT_FDCWD, scene_.dir().at(path).c_str(), times.data(), 0);
  }

  SyncScene scene_;
  std::string kFolder = "a/.git/claudetools-sync.lock";
};

TEST_F(SyncLocked, ByAnotherOfOursIsDeferredNotFailed) {
  const int fd = ::open(scene_.dir().at("a/.git/smbatcher-sync.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  ASSERT_EQ(::flock(fd, LOCK_EX), 0);
  expect_deferred({"--wait", "0"}, "another sync");
  const ProcessResult answer = scene_.sync("a", {"--wait", "0", "--json"});
  EXPECT_THAT(answer.out, HasSubstr(R"("reason":"deferred")"));
  EXPECT_THAT(answer.out, HasSubstr(R"("exit_code":75)"));
  ::close(fd);
  expect_ok(scene_.sync("a", {"--wait", "0"}), "OK:synced");
}

TEST_F(SyncLocked, TwoAtOnceComeOneAfterTheOther) {
  for (const ProcessResult& result : run_together({scene_.sync_command("a"), scene_.sync_command("a")})) {
    EXPECT_EQ(result.status, 0) << result.out;
  }
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
  scene_.expect_at_rest("a");
}

TEST_F(SyncLocked, ByAnotherMakeIsDeferredUntilNobodyTouchedItForTenMinutes) {
  scene_.dir().make_dir(kFolder);
  expect_deferred({"--wait", "0"}, "another sync");
  scene_.write(kFolder + "/pid", "1\n");  // whose it is, we cannot know
  expect_deferred({"--wait", "0"}, "pid 1");
  make_old(kFolder);
  expect_deferred({"--wait", "0"}, "pid 1");  // a file in it was touched
  make_old(kFolder + "/pid");
  make_old(kFolder);
  expect_ok(scene_.sync("a", {"--wait", "0"}), "OK:synced");
  scene_.expect_at_rest("a");
}

TEST_F(SyncLocked, ByADeadOneOfThisHostIsTakenOver) {
  leave_folder("999999999", host(), SystemClock().now().boot);
  expect_ok(scene_.sync("a", {"--wait", "0"}), "OK:synced");
  leave_folder("1", host(), "another boot");
  expect_ok(scene_.sync("a", {"--wait", "0"}), "OK:up_to_date");
  leave_folder(std::to_string(::getpid()), host(), SystemClock().now().boot);  // our number, another start time
  expect_ok(scene_.sync("a", {"--wait", "0"}), "OK:up_to_date");
  scene_.expect_at_rest("a");
}

TEST_F(SyncLocked, ByOneOfAnotherHostIsNotJudgedByItsProcess) {
  leave_folder("999999999", "elsewhere", SystemClock().now().boot);
  expect_deferred({"--wait", "0"}, "pid 999999999 on elsewhere");
}

TEST_F(SyncLocked, ASharedFolderOfAnotherCloneIsNone) {
  scene_.clone("b");
  scene_.dir().make_dir(kFolder);
  scene_.write("b/theirs.txt", "t\n");
  expect_ok(scene_.sync("b", {"--wait", "0"}), "OK:synced");
}

}  // namespace
}  // namespace smbatcher::test
