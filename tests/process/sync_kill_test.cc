#include <cstdlib>
#include <filesystem>

#include "tests/process/sync_support.h"

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;

bool can_trace() {
  try {
    return run({.argv = {"strace", "-o", "/dev/null", "true"}}).status == 0;
  } catch (const std::system_error&) {
    return false;
  }
}

/// A clone with a commit that the remote has not, changes that are not committed, and a remote that went on: everything
/// that a sync does is to be done.
class SyncKilled : public ::testing::Test {
 protected:
  static constexpr const char* kRegistry = ".smbatcher/REGISTRY.md";

  SyncKilled() {
    scene_.begin_with({{kRegistry, Sandbox::registry_text({{"a.example", "001", "O"}, {"b.example", "001", "O"}})},
                       {"changed.txt", "one\n"},
                       {"gone.txt", "x\n"}});
    scene_.clone("a");
    scene_.clone("b");
    fs::remove(scene_.dir().at("b/gone.txt"));
    scene_.write("b/changed.txt", "two\n");
    scene_.write("b/new/file.txt", "new\n");
    set_status("b", "b.example", "i");
    expect_ok(scene_.sync("b"), "OK:synced");
    scene_.write("a/own.txt", "own\n");
    scene_.git("a", {"add", "own.txt"});
    scene_.git("a", {"commit", "-q", "-m", "own"});
    set_status("a", "a.example", "i");
    scene_.write("a/untracked.txt", "untracked\n");
    for (const char* name : {"a", "remote.git"}) {
      fs::copy(scene_.dir().at(name), scene_.dir().at(std::string("model-") + name),
               fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    }
  }

  void set_status(const std::string& clone, const std::string& domain, const std::string& status) const {
    std::string text = scene_.read(clone + "/" + kRegistry);
    const std::size_t row = text.find("| " + domain);
    const std::size_t cell = text.find("| O |", row);
    ASSERT_NE(cell, std::string::npos);
    scene_.write(clone + "/" + kRegistry, text.replace(cell, 5, "| " + status + " |"));
  }

  void reset() const {
    for (const char* name : {"a", "remote.git"}) {
      fs::remove_all(scene_.dir().at(name));
      fs::copy(scene_.dir().at(std::string("model-") + name), scene_.dir().at(name),
               fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    }
  }

  /// Kills it at its `nth` call of `name`; false when it has not so many.
  bool kill_at(const std::string& name, int nth) const {
    Command command = scene_.sync_command("a");
    command.env["ASAN_OPTIONS"] = "detect_leaks=0";  // no second tracer is possible
    command.argv.insert(command.argv.begin(), {"strace", "-o", "/dev/null", "-e", "trace=" + name, "-e",
                                               "inject=" + name + ":signal=KILL:when=" + std::to_string(nth)});
    const ProcessResult result = test::run(command);
    EXPECT_TRUE(result.signal == SIGKILL || result.status == 0) << result.out << result.err;
    return result.signal == SIGKILL;
  }

  void expect_repaired() const {
    const ProcessResult next = scene_.sync("a");
    ASSERT_EQ(next.status, 0) << next.out << next.err;
    EXPECT_EQ(scene_.git("a", {"status", "--porcelain", "-uall"}), "");
    EXPECT_EQ(scene_.git("a", {"rev-parse", "HEAD"}), scene_.git("remote.git", {"rev-parse", "main"}));
    EXPECT_EQ(scene_.read("a/changed.txt"), "two\n");
    EXPECT_EQ(scene_.read("a/new/file.txt"), "new\n");
    EXPECT_EQ(scene_.read("a/own.txt"), "own\n");
    EXPECT_EQ(scene_.read("a/untracked.txt"), "untracked\n");
    EXPECT_FALSE(scene_.dir().exists("a/gone.txt"));
    EXPECT_EQ(scene_.read(std::string("a/") + kRegistry),
              Sandbox::registry_text({{"a.example", "001", "i"}, {"b.example", "001", "i"}}));
    scene_.expect_at_rest("a");
  }

  SyncScene scene_;
};

TEST_F(SyncKilled, AtAnyChangeOfFilesItIsFinishedByTheNextCall) {
  if (!can_trace()) {
    GTEST_SKIP() << "strace cannot trace here";
  }
  int kills = 0;
  std::vector<std::string> names{"renameat2", "rename", "link"};
  if (is_soak()) {
    names.insert(names.end(), {"unlink", "unlinkat", "mkdir", "mkdirat", "openat", "write"});
  }
  for (const std::string& name : names) {
    for (int nth = 1;; nth += is_soak() ? 1 : 4) {
      reset();
      SCOPED_TRACE(name + " " + std::to_string(nth));
      const bool killed = kill_at(name, nth);
      expect_repaired();
      if (!killed || HasFailure()) {
        break;
      }
      ++kills;
    }
  }
  EXPECT_GE(kills, is_soak() ? 10 : 4);
}

TEST_F(SyncKilled, AtAnyCommandOfGitItIsFinishedByTheNextCall) {
  if (!can_trace()) {
    GTEST_SKIP() << "strace cannot trace here";
  }
  int kills = 0;
  for (int nth = 1;; nth += is_soak() ? 1 : 6) {
    reset();
    SCOPED_TRACE("socketpair " + std::to_string(nth));  // one for each command
    const bool killed = kill_at("socketpair", nth);
    expect_repaired();
    if (!killed || HasFailure()) {
      break;
    }
    ++kills;
  }
  EXPECT_GE(kills, is_soak() ? 20 : 4);
}

TEST_F(SyncKilled, ByASignalItEndsAndLeavesNothing) {
  scene_.write("a/.git/hooks/pre-commit", "#!/bin/sh\ntouch ../in-hook\nexec sleep 600\n");
  fs::permissions(scene_.dir().at("a/.git/hooks/pre-commit"), fs::perms::owner_all);
  Process sync(scene_.sync_command("a"));
  while (!scene_.dir().exists("in-hook")) {
    ::usleep(1000);
  }
  sync.kill(SIGTERM);
  expect_fail(sync.wait(), "FAIL:interrupted:git commit");
  scene_.expect_at_rest("a");
  EXPECT_EQ(scene_.read("a/untracked.txt"), "untracked\n");
  fs::remove(scene_.dir().at("a/.git/hooks/pre-commit"));
  expect_repaired();
}

}  // namespace
}  // namespace smbatcher::test
