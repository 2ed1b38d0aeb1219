#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/process/outcome_support.h"

namespace smbatcher::test {
namespace {

// A registry that several users share, each with the usual umask.

namespace fs = std::filesystem;

constexpr unsigned kCommon = 4242;
constexpr unsigned kAnna = 4301;
constexpr unsigned kBen = 4302;

struct Member {
  unsigned user;
  bool in_group = true;
  std::string umask = "022";
};

/// `.smbatcher/` is 2775 and REGISTRY.md 664, both of root and the common group.
class SharedFolder : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) {
      GTEST_SKIP() << "only root can become two other users";
    }
    fs::permissions(sandbox_.dir().path(), fs::perms(0755));
    fs::permissions(bin_.path(), fs::perms(0755));
    share(".smbatcher", 02775);
    share(".smbatcher/REGISTRY.md", 0664);
  }

  void share(const std::string& name, mode_t mode) const {
    ASSERT_EQ(::chown(at(name).c_str(), static_cast<uid_t>(-1), kCommon), 0);
    ASSERT_EQ(::chmod(at(name).c_str(), mode), 0);
  }

  std::string at(const std::string& name) const { return sandbox_.dir().at(name); }
  struct stat state_of(const std::string& name) const {
    struct stat status {};
    EXPECT_EQ(::stat(at(name).c_str(), &status), 0) << name;
    return status;
  }

  /// The tool's own file may lie where the members cannot go, so it is copied.
  ProcessResult run_as(const Member& member, const std::string& tool, const Args& args) const {
    const std::string copy = bin_.at(tool);
    if (!fs::exists(copy)) {
      fs::copy_file(tool_path(tool), copy);
    }
    Command command = sandbox_.command(tool, args);
    command.argv[0] = copy;
    const std::string id = std::to_string(member.user);
    const std::string groups = member.in_group ? "--groups=" + std::to_string(kCommon) : "--clear-groups";
    command.argv.insert(command.argv.begin(), {"setpriv", "--reuid=" + id, "--regid=" + id, groups, "sh", "-c",
                                               "umask " + member.umask + "; exec \"$@\"", "sh"});
    return run(command);
  }

  void expect_shared(const std::string& name, mode_t mode) const {
    EXPECT_EQ(state_of(name).st_gid, kCommon) << name;
    EXPECT_EQ(state_of(name).st_mode & 07777U, mode) << name;
  }

  void expect_both_can_work(const std::string& umask) const {
    const Member anna{kAnna, true, umask};
    const Member ben{kBen, true, umask};
    expect_ok(run_as(anna, "find-next", {"--claim", "--owner", "anna", "--format", "text"}), "OK:claimed:003");
    for (const char* name : {"REGISTRY.lock", "state/history.jsonl", "state/.gitignore", ".gitignore",
                             "state/claims/.state", "REGISTRY.md"}) {
      expect_shared(std::string(".smbatcher/") + name, 0664);
    }
    expect_shared(".smbatcher/state", 02775);
    expect_shared(".smbatcher/state/claims", 02775);
    expect_ok(run_as(ben, "find-next", {"--claim", "--owner", "ben", "--format", "text"}), "OK:claimed:004");
    expect_ok(run_as(ben, "reap", {"--batch", "003", "--force", "--why", "test"}), "OK:reaped:1");
    expect_ok(run_as(anna, "find-next", {"--claim", "--owner", "anna", "--format", "text"}), "OK:claimed:003");
    expect_ok(run_as(anna, "heartbeat", {"--owner", "anna"}), "OK:renewed");
  }

  Sandbox sandbox_{std::vector<Sandbox::Site>{
      {"a.example", "003", "O"}, {"b.example", "004", "O"}, {"c.example", "", "-"}, {"d.example", "", "-"}}};
  TempDir bin_;
};

TEST_F(SharedFolder, TwoUsersWorkUnderTheUsualUmask) { expect_both_can_work("022"); }

TEST_F(SharedFolder, TwoUsersWorkUnderAPrivateUmask) { expect_both_can_work("077"); }

TEST_F(SharedFolder, BothMakeBatches) {
  expect_ok(run_as({kAnna}, "prepare-batch", {"c.example"}), "OK:batch_created:005");
  expect_shared(".smbatcher/batches", 02775);
  expect_shared(".smbatcher/batches/batch-005.md", 0664);
  expect_ok(run_as({kBen}, "prepare-batch", {"d.example"}), "OK:batch_created:006");
}

TEST_F(SharedFolder, WhatIsPrivateStaysPrivate) {
  ASSERT_EQ(::chmod(at(".smbatcher/REGISTRY.md").c_str(), 0600), 0);
  expect_ok(sandbox_.run("find-next", {"--claim", "--format", "text"}), "OK:claimed:003");
  for (const char* name : {"REGISTRY.lock", "state/history.jsonl", "state/claims/.state"}) {
    expect_shared(std::string(".smbatcher/") + name, 0600);
  }
}

TEST_F(SharedFolder, WhatIsThereIsLeftAsItIs) {
  sandbox_.dir().write(".smbatcher/REGISTRY.lock", "");
  ASSERT_EQ(::chmod(at(".smbatcher/REGISTRY.lock").c_str(), 0640), 0);
  expect_ok(sandbox_.run("find-next", {"--claim", "--format", "text"}), "OK:claimed:003");
  EXPECT_EQ(state_of(".smbatcher/REGISTRY.lock").st_mode & 07777U, 0640U);
}

TEST_F(SharedFolder, WhoCannotKeepTheGroupWritesNoHistory) {
  share(".smbatcher", 0777);
  share(".smbatcher/REGISTRY.md", 0664);
  const Member stranger{kAnna, false};
  for (int call = 0; call < 2; ++call) {
    expect_error(run_as(stranger, "find-next", {"--claim", "--format", "text"}), "ERROR:cannot_keep_ownership");
    EXPECT_FALSE(sandbox_.dir().exists(".smbatcher/state/history.jsonl"));
    EXPECT_FALSE(sandbox_.dir().exists(".smbatcher/.REGISTRY.md.part"));
  }
}

}  // namespace
}  // namespace smbatcher::test
