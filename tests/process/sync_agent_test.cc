#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/process/liveness_wait.h"
#include "tests/process/sync_support.h"
#include "tests/support/variants.h"
#include "tests/support/violations.h"

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// What agents do in a clone in the very moment of a sync. No moment is left to chance: a lock, or a git that does
// something more, holds the sync where the other one comes in.

constexpr const char* kAgentRegistry = ".smbatcher/REGISTRY.md";

/// Somebody waits for this lock file: proc(5), /proc/locks, has a line with "->" for it.
bool is_waited_for(const std::string& path) {
  struct stat status {};
  ::stat(path.c_str(), &status);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find("-> FLOCK") != std::string::npos &&
        line.find(":" + std::to_string(status.st_ino) + " ") != std::string::npos) {
      return true;
    }
  }
  return false;
}

void make_executable(const std::string& path) { fs::permissions(path, fs::perms::owner_all); }

/// A git in front of the real one that also runs `more` when it is called with the command `word`, before the real one
/// or after it.
Command with_git_that(const SyncScene& scene, const std::string& word, const std::string& before,
                      const std::string& after, Command command) {
  const std::string git = test::run({.argv = {"sh", "-c", "command -v git"}}).out;
  const std::string is_it = "case \" $* \" in *\" " + word + " \"*) ";
  scene.write("bin/git", "#!/bin/sh\n" + is_it + before + " ;; esac\n" + git.substr(0, git.size() - 1) +
                             " \"$@\"\nstatus=$?\n" + is_it + after + " ;; esac\nexit $status\n");
  make_executable(scene.dir().at("bin/git"));
  command.env["PATH"] = scene.dir().at("bin") + ":" + std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
  return command;
}

/// An agent saves a file when the sync has looked at all files and has not written one yet.
void edit_between_look_and_exchange(const std::string& name, const std::string& variant = "") {
  const SyncScene scene;
  const auto table = [](const char* status) { return Sandbox::registry_text({{"a.example", "001", status}}); };
  scene.begin_with({{kAgentRegistry, table("O")}, {"file.txt", "one\n"}, {"gone.txt", "one\n"}});
  scene.clone("a");
  scene.clone("b");
  scene.write(std::string("b/") + kAgentRegistry, table("i"));
  scene.write("b/file.txt", "theirs\n");
  fs::remove(scene.dir().at("b/gone.txt"));
  expect_ok(scene.sync("b"), "OK:synced");
  Process holder({.argv = {"flock", "a/.smbatcher/REGISTRY.lock", "sh", "-c",
                           "touch held; while [ ! -e go ]; do sleep 0.01; done"},
                  .cwd = scene.dir().path()});
  ASSERT_TRUE(wait_until([&] { return scene.dir().exists("held"); }));
  Command command = scene.sync_command("a");
  Process sync(variant.empty() ? command : in_variant(variant, command));
  EXPECT_TRUE(wait_until([&] { return is_waited_for(scene.dir().at("a/.smbatcher/REGISTRY.lock")); }));
  scene.write("a/" + name, "an agent's\n");
  scene.write("go", "");
  // What the agent did is committed, and then contradicts what came.
  expect_fail(sync.wait(), "FAIL:rebase_conflict:" + name);
  holder.wait();
  EXPECT_TRUE(scene.dir().exists("a/" + name) && scene.read("a/" + name) == "an agent's\n") << "the edit is lost";
  scene.expect_at_rest("a");
}

TEST(SyncAgent, AnEditBetweenTheLookAndTheExchangeIsKept) { edit_between_look_and_exchange("file.txt"); }

TEST(SyncAgent, AnEditBetweenTheLookAndARemovalIsKept) { edit_between_look_and_exchange("gone.txt"); }

TEST(SyncAgentControl, AnExchangeThatIsNotLookedAtLosesAnEdit) {
  EXPECT_THAT(violations_of([] { edit_between_look_and_exchange("file.txt", "blind_exchange"); }),
              ::testing::Contains(HasSubstr("the edit is lost")));
}

/// While one is in the middle of a push, seven others come.
void others_while_one_runs(const std::string& variant) {
  const SyncScene scene;
  scene.begin_with({{"file.txt", "one\n"}});
  scene.clone("a");
  scene.write("a/mine.txt", "mine\n");
  scene.write("a/.git/hooks/pre-push", "#!/bin/sh\ntouch ../in-push\nwhile [ ! -e ../go ]; do sleep 0.01; done\n");
  make_executable(scene.dir().at("a/.git/hooks/pre-push"));
  const auto command = [&](const std::vector<std::string>& args) {
    return variant.empty() ? scene.sync_command("a", args) : in_variant(variant, scene.sync_command("a", args));
  };
  Process first(command({}));
  EXPECT_TRUE(wait_until([&] { return scene.dir().exists("in-push"); }));
  scene.write("a/later.txt", "later\n");
  std::vector<Process> others;
  for (int i = 0; i < 7; ++i) {
    others.emplace_back(command({"--wait", "0", "--git-timeout", "1s"}));
  }
  for (Process& other : others) {
    const ProcessResult result = other.wait();
    EXPECT_EQ(result.status, 75) << "not deferred: " << result.out;
    EXPECT_THAT(result.out, HasSubstr("FAIL:deferred:pid " + std::to_string(first.pid())));
  }
  EXPECT_EQ(scene.git("a", {"status", "--porcelain"}), "?? later.txt\n");
  scene.write("go", "");
  expect_ok(first.wait(), "OK:synced");
  expect_ok(scene.sync("a"), "OK:synced");  // the next run catches up
  EXPECT_EQ(scene.at_remote("later.txt"), "later\n");
  scene.expect_at_rest("a");
}

TEST(SyncAgent, WhileOneRunsAllOthersAreDeferred) { others_while_one_runs(""); }

TEST(SyncAgentControl, WithoutTheLockOthersRunAtTheSameTime) {
  EXPECT_THAT(violations_of([] { others_while_one_runs("no_sync_lock"); }),
              ::testing::Contains(HasSubstr("not deferred")));
}

/// A clone "a" beside a clone "b".
class SyncAgents : public ::testing::Test {
 protected:
  SyncAgents() {
    scene_.begin_with({{"file.txt", "one\n"}, {"old/gone.txt", "one\n"}});
    scene_.clone("a");
    scene_.clone("b");
  }
  SyncScene scene_;
};

TEST_F(SyncAgents, AFileThatComesAfterTheLookIsNotCommittedUnseen) {
  scene_.write("a/mine.txt", "mine\n");
  scene_.write("a/passing.txt", "x\n");
  const ProcessResult result = test::run(
      with_git_that(scene_, "status", ":", "[ -e ../b/once ] || { touch ../b/once; echo KEY > .env; rm passing.txt; }",
                    scene_.sync_command("a")));
  expect_ok(result, "OK:synced");
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
  EXPECT_EQ(scene_.git("remote.git", {"ls-tree", "-r", "--name-only", "main"}), "file.txt\nmine.txt\nold/gone.txt\n");
  expect_fail(scene_.sync("a"), "FAIL:suspicious_files:.env");
}

TEST_F(SyncAgents, WhatIsSavedAtEveryAttemptGoesOnTopOfTheAttemptBefore) {
  std::string lines;
  for (int i = 0; i < 20; ++i) {
    lines += "line " + std::to_string(i) + "\n";
  }
  scene_.write("b/file.txt", "top\n" + lines);
  expect_ok(scene_.sync("b"), "OK:synced");
  expect_ok(scene_.sync("a"), "OK:synced");
  scene_.write("b/file.txt", "another top\n" + lines);
  expect_ok(scene_.sync("b"), "OK:synced");
  scene_.write("a/file.txt", "top\n" + lines + "end\n");
  // git is asked what may be written over: five times somebody has saved by then.
  const ProcessResult result = test::run(
      with_git_that(scene_, "--dry-run", "echo x >> ../turns; [ $(wc -l < ../turns) -gt 5 ] || echo save >> file.txt",
                    ":", scene_.sync_command("a")));
  expect_ok(result, "OK:synced");
  EXPECT_TRUE(scene_.at_remote("file.txt").starts_with("another top\n" + lines + "end\nsave\nsave\n"))
      << scene_.at_remote("file.txt");
  EXPECT_EQ(scene_.at_remote("file.txt"), scene_.read("a/file.txt"));
  EXPECT_EQ(scene_.git("a", {"rev-list", "--merges", "HEAD"}), "");
  scene_.expect_at_rest("a");
}

TEST_F(SyncAgents, AFolderThatBecameALinkIsCommitted) {
  fs::remove_all(scene_.dir().at("a/old"));
  fs::create_symlink("file.txt", scene_.dir().at("a/old"));
  expect_ok(scene_.sync("a"), "OK:synced");
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "");
  expect_ok(scene_.sync("b"), "OK:synced");
  EXPECT_EQ(fs::read_symlink(scene_.dir().at("b/old")), "file.txt");
}

/// Editors that have a file open write into it after the sync has displaced it, and after a kill.
TEST_F(SyncAgents, WhatIsWrittenIntoADisplacedFileIsKeptAlsoAfterAKill) {
  if (test::run({.argv = {"sh", "-c", "exec strace -o /dev/null true 2>&1"}}).status != 0) {
    GTEST_SKIP() << "strace cannot trace here";
  }
  scene_.write("b/file.txt", "theirs\n");
  fs::remove_all(scene_.dir().at("b/old"));
  expect_ok(scene_.sync("b"), "OK:synced");
  fs::copy(scene_.dir().at("a"), scene_.dir().at("model"), fs::copy_options::recursive);
  int kills = 0;
  for (const char* const name : {"renameat2", "rename"}) {
    for (int nth = 1;; ++nth) {
      SCOPED_TRACE(std::string(name) + " " + std::to_string(nth));
      fs::remove_all(scene_.dir().at("a"));
      fs::copy(scene_.dir().at("model"), scene_.dir().at("a"), fs::copy_options::recursive);
      std::ofstream open_file(scene_.dir().at("a/file.txt"), std::ios::app);
      std::ofstream open_gone(scene_.dir().at("a/old/gone.txt"), std::ios::app);
      Command command = scene_.sync_command("a");
      command.argv.insert(command.argv.begin(),
                          {"strace", "-o", "/dev/null", "-e", "trace=" + std::string(name), "-e",
                           "inject=" + std::string(name) + ":signal=KILL:when=" + std::to_string(nth)});
      if (test::run(command).signal != SIGKILL) {
        break;
      }
      ++kills;
      open_file << "late\n" << std::flush;
      open_gone << "late\n" << std::flush;
      const ProcessResult next = scene_.sync("a");
      EXPECT_TRUE(next.status == 0 || next.out.starts_with("FAIL:rebase_conflict")) << next.out;
      std::string found = scene_.git("a", {"log", "-p", "--format=", "--all"});
      std::string gone;
      for (const auto& entry : fs::recursive_directory_iterator(scene_.dir().at("a"))) {
        const std::string path = entry.path().string();
        if (entry.is_regular_file() && path.find("/.git/") == std::string::npos) {
          std::ifstream file(path);
          (path.find("gone.txt") != std::string::npos ? gone : found).append(std::istreambuf_iterator<char>(file), {});
        }
      }
      EXPECT_THAT(found, HasSubstr("late"));
      EXPECT_THAT(gone + scene_.git("a", {"log", "-p", "--format=", "--all", "--", "old"}), HasSubstr("late"));
      scene_.expect_at_rest("a");
    }
  }
  EXPECT_GE(kills, 4);
}

TEST_F(SyncAgents, AKillWithPathsLeavesNoStaleIndex) {
  if (test::run({.argv = {"sh", "-c", "exec strace -o /dev/null true 2>&1"}}).status != 0) {
    GTEST_SKIP() << "strace cannot trace here";
  }
  scene_.write("a/file.txt", "two\n");
  scene_.write("a/other.txt", "x\n");
  scene_.git("a", {"add", "other.txt"});
  // After the commit, before the index that people see has followed.
  const ProcessResult killed =
      test::run(with_git_that(scene_, "commit", ":", "kill -9 $(cat .git/claudetools-sync.lock/pid); sleep 600",
                              scene_.sync_command("a", {"--paths", "file.txt"})));
  EXPECT_EQ(killed.signal, SIGKILL);
  EXPECT_EQ(scene_.git("a", {"show", "HEAD:file.txt"}), "two\n");
  expect_ok(scene_.sync("a", {"--paths", "file.txt"}), "OK:synced");
  EXPECT_EQ(scene_.git("a", {"diff", "--cached", "--name-status"}), "A\tother.txt\n");
  scene_.expect_at_rest("a");
}

/// A git that is killed in the middle of its work leaves its lock of a branch, and so would be in everybody's way.
TEST_F(SyncAgents, LocksOfBranchesThatAKilledGitLeftDoNotStayForEver) {
  scene_.write("a/mine.txt", "mine\n");
  const ProcessResult killed = test::run(with_git_that(
      scene_, "commit", "touch .git/HEAD.lock .git/refs/heads/main.lock; kill -9 $(cat .git/claudetools-sync.lock/pid)",
      "", scene_.sync_command("a")));
  EXPECT_EQ(killed.signal, SIGKILL);
  expect_ok(scene_.sync("a"), "OK:synced");
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
  EXPECT_FALSE(scene_.dir().exists("a/.git/HEAD.lock"));
  scene_.expect_at_rest("a");
  // Where no sync died they are somebody's.
  scene_.write("a/more.txt", "more\n");
  scene_.write("a/.git/HEAD.lock", "");
  expect_fail(scene_.sync("a"), "FAIL:git_failed:commit");
  EXPECT_TRUE(scene_.dir().exists("a/.git/HEAD.lock"));
}

TEST_F(SyncAgents, ASubmoduleIsSaidOrItsMissingCommitRefused) {
  scene_.git("", {"init", "-q", "--bare", "inner.git"});
  scene_.git("", {"clone", "-q", "inner.git", "inner"});
  scene_.write("inner/x", "x\n");
  scene_.git("inner", {"add", "-A"});
  scene_.git("inner", {"commit", "-q", "-m", "x"});
  scene_.git("inner", {"push", "-q"});
  scene_.git("a", {"submodule", "-q", "add", scene_.dir().at("inner.git"), "sub"});
  expect_ok(scene_.sync("a"), "OK:synced");
  scene_.write("a/sub/x", "changed inside\n");
  const ProcessResult inside = scene_.sync("a");
  expect_ok(inside, "OK:up_to_date");
  EXPECT_THAT(inside.out, HasSubstr("changes inside these submodules are not synced: sub\n"));
  scene_.git("a/sub", {"commit", "-q", "-a", "-m", "not pushed"});
  expect_fail(scene_.sync("a"), "FAIL:submodule_not_pushed");
  scene_.git("a/sub", {"push", "-q", "origin", "HEAD:main"});
  expect_ok(scene_.sync("a"), "OK:synced");
  scene_.git("a", {"init", "-q", "nested"});
  scene_.write("a/nested/y", "y\n");
  expect_fail(scene_.sync("a"), "FAIL:suspicious_files:nested/");
}

TEST_F(SyncAgents, ASubmoduleThatIsBehindIsNotTakenBack) {
  scene_.git("", {"init", "-q", "--bare", "inner.git"});
  scene_.git("", {"clone", "-q", "inner.git", "inner"});
  const auto commit_inner = [&](const std::string& text) {
    scene_.write("inner/x", text);
    scene_.git("inner", {"add", "-A"});
    scene_.git("inner", {"commit", "-q", "-m", text});
    scene_.git("inner", {"push", "-q"});
    return scene_.git("inner", {"rev-parse", "HEAD"});
  };
  commit_inner("one");
  scene_.git("a", {"submodule", "-q", "add", scene_.dir().at("inner.git"), "sub"});
  expect_ok(scene_.sync("a"), "OK:synced");
  expect_ok(scene_.sync("b"), "OK:synced");
  scene_.git("b", {"submodule", "-q", "update", "--init"});
  const std::string newer = commit_inner("two");
  scene_.git("b/sub", {"fetch", "-q"});
  scene_.git("b/sub", {"checkout", "-q", "origin/main"});
  expect_ok(scene_.sync("b"), "OK:synced");
  EXPECT_EQ(scene_.git("remote.git", {"rev-parse", "main:sub"}), newer);
  for (int turn = 0; turn < 2; ++turn) {
    scene_.write("a/more.txt", std::to_string(turn));
    const ProcessResult result = scene_.sync("a");
    expect_ok(result, "OK:synced");
    EXPECT_EQ(scene_.git("remote.git", {"rev-parse", "main:sub"}), newer) << "an older commit was recorded again";
    EXPECT_TRUE(turn == 0 || result.out.find("older here than what is recorded") != std::string::npos) << result.out;
  }
  scene_.git("a", {"submodule", "-q", "update"});
  expect_ok(scene_.sync("a"), "OK:up_to_date");
}

TEST_F(SyncAgents, TheFirstRepositorysLockSpansTheSecondToo) {
  scene_.git("", {"init", "-q", "--bare", "vault.git"});
  scene_.git("", {"clone", "-q", "vault.git", "vault"});
  scene_.write("vault/v.txt", "v\n");
  scene_.write("vault/.git/hooks/pre-push", "#!/bin/sh\ntouch ../in-push\nwhile [ ! -e ../go ]; do sleep 0.01; done\n");
  make_executable(scene_.dir().at("vault/.git/hooks/pre-push"));
  Process run(scene_.sync_command("a", {"--also", "../vault"}));
  EXPECT_TRUE(wait_until([&] { return scene_.dir().exists("in-push"); }));
  EXPECT_EQ(scene_.sync("a", {"--wait", "0"}).status, 75);
  EXPECT_EQ(scene_.sync("vault", {"--wait", "0"}).status, 75);
  scene_.write("go", "");
  expect_ok(run.wait(), "OK:synced");
  expect_ok(scene_.sync("a", {"--also", ".", "--wait", "0"}), "OK:up_to_date");  // itself once more
}

TEST_F(SyncAgents, ASignalEndsOneThatOnlyWaits) {
  const std::string lock = scene_.dir().at("a/.git/smbatcher-sync.lock");
  Process holder({.argv = {"flock", lock, "sh", "-c", "touch held; while [ ! -e go ]; do sleep 0.01; done"},
                  .cwd = scene_.dir().path()});
  EXPECT_TRUE(wait_until([&] { return scene_.dir().exists("held"); }));
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    Process waiter(scene_.sync_command("a", {"--wait", "20s"}));
    EXPECT_TRUE(wait_until([&] { return is_waited_for(lock); }));
    waiter.kill(signal);
    EXPECT_EQ(waiter.wait().signal, signal);
  }
  scene_.write("go", "");
  holder.wait();
  expect_ok(scene_.sync("a"), "OK:up_to_date");
}

TEST_F(SyncAgents, WhatAnotherUserLeftDoesNotHoldUpTheLockForEver) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can leave what somebody else may not remove";
  }
  const std::string lock = "a/.git/claudetools-sync.lock";
  fs::permissions(scene_.dir().path(), fs::perms::others_all, fs::perm_options::add);
  scene_.write("home/.gitconfig", scene_.read("home/.gitconfig") + "[safe]\n\tdirectory = *\n");
  ASSERT_EQ(test::run({.argv = {"chmod", "-R", "o+rwX", "a", "remote.git"}, .cwd = scene_.dir().path()}).status, 0);
  scene_.write(lock + ".dead/rest/pid", "1\n");  // neither to be removed nor to be replaced
  scene_.write(lock + "/pid", "1\n");
  ASSERT_EQ(test::run({.argv = {"touch", "-d", "1 hour ago", lock, lock + "/pid"}, .cwd = scene_.dir().path()}).status,
            0);
  Command command = scene_.sync_command("a", {"--wait", "0"});
  command.argv.insert(command.argv.begin(),
                      {"timeout", "-s", "KILL", "20", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
  expect_ok(test::run(command), "OK:up_to_date");
}

}  // namespace
}  // namespace smbatcher::test
