#include <filesystem>

#include "tests/process/sync_support.h"

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// What the hooks of a repository say, and what they call.

class SyncHooks : public ::testing::Test {
 protected:
  SyncHooks() {
    scene_.begin_with({{"file.txt", "one\n"}});
    scene_.clone("a");
    scene_.write("a/mine.txt", "mine\n");
  }

  void hook(const std::string& repository, const std::string& name, const std::string& text) const {
    const std::string path = repository + "/hooks/" + name;
    scene_.write(path, "#!/bin/sh\n" + text + "\n");
    fs::permissions(scene_.dir().at(path), fs::perms::owner_all);
  }
  /// What a hook of git runs, as if it were called from a shell.
  std::string call(const std::string& folder = ".") const {
    return "cd '" + scene_.dir().at("a/" + folder) + "' && '" + tool_path("repo-sync") + "' >> '" +
           scene_.dir().at("said") + "' 2>&1; echo $? >> '" + scene_.dir().at("statuses") + "'";
  }

  SyncScene scene_;
};

TEST_F(SyncHooks, APushThatIsRefusedShowsAllThatTheHookSaid) {
  hook("a/.git", "pre-push", "echo running the tests; echo 'GH006: 3 tests fail' >&2; echo see the log >&2; exit 1");
  const ProcessResult result = scene_.sync("a");
  expect_fail(result, "FAIL:hook_failed:pre-push");
  EXPECT_THAT(result.out, HasSubstr("it said:\n  running the tests\n  GH006: 3 tests fail\n  see the log\n"));
  EXPECT_THAT(result.out, HasSubstr("committed here, not at the remote yet: 1 commit of anna\n"));
  EXPECT_THAT(result.out, Not(HasSubstr("failed to push some refs")));
  EXPECT_EQ(scene_.git("a", {"rev-list", "--count", "@{u}..HEAD"}), "1\n");
}

TEST_F(SyncHooks, TheRemotesHooksAreHeardToo) {
  for (const char* const name : {"pre-receive", "update"}) {
    hook("remote.git", name, "echo the branch is frozen >&2; echo until monday; exit 1");
    const ProcessResult result = scene_.sync("a");
    expect_fail(result, "FAIL:push_refused");
    EXPECT_THAT(result.out, HasSubstr("  the branch is frozen\n")) << name;
    EXPECT_THAT(result.out, HasSubstr("  until monday\n")) << name;
    fs::remove(scene_.dir().at(std::string("remote.git/hooks/") + name));
  }
}

TEST_F(SyncHooks, AHookThatKeepsABranchWhereItIsIsHeardAtOnce) {
  scene_.clone("b");
  scene_.write("b/theirs.txt", "theirs\n");
  expect_ok(scene_.sync("b"), "OK:synced");
  fs::remove(scene_.dir().at("a/mine.txt"));  // there is nothing to commit: it is the update that moves the branch
  const std::string before = scene_.head("a");
  for (const char* const refs : {"refs/remotes/", "refs/heads/"}) {
    hook("a/.git", "reference-transaction",
         "[ \"$1\" = prepared ] && grep -q " + std::string(refs) +
             " && { echo 'frozen until monday' >&2; exit 1; }\ntrue");
    const ProcessResult result = scene_.sync("a");
    expect_fail(result, "FAIL:hook_failed:reference-transaction");
    EXPECT_THAT(result.out, HasSubstr("said no: frozen until monday; ")) << refs;
    EXPECT_EQ(scene_.head("a"), before);
    EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "");
    EXPECT_FALSE(scene_.dir().exists("a/theirs.txt"));
    scene_.expect_at_rest("a");
  }
  fs::remove(scene_.dir().at("a/.git/hooks/reference-transaction"));
  expect_ok(scene_.sync("a"), "OK:synced");
  EXPECT_EQ(scene_.read("a/theirs.txt"), "theirs\n");
}

TEST_F(SyncHooks, OfMuchThatAHookSaysTheEndIsShown) {
  hook("a/.git", "pre-push", "i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo \"line $i\" >&2; done; exit 1");
  const Json answer = json(scene_.sync("a", {"--json"}));
  const auto* said = answer.find("said")->array();
  ASSERT_NE(said, nullptr);
  EXPECT_EQ(said->size(), 20U);
  EXPECT_EQ(*said->back().string(), "line 500");
}

TEST_F(SyncHooks, RulesForMessagesAreMetByAMessage) {
  hook("a/.git", "commit-msg", "grep -q '^JIRA-[0-9]' \"$1\" || { echo 'a message begins with a ticket'; exit 1; }");
  const ProcessResult refused = scene_.sync("a");
  expect_fail(refused, "FAIL:hook_failed:commit-msg");
  EXPECT_THAT(refused.out, HasSubstr("a message begins with a ticket"));
  EXPECT_THAT(refused.out, HasSubstr("--message"));
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "?? mine.txt\n");
  expect_ok(scene_.sync("a", {"--message", "JIRA-7 sync"}), "OK:synced");
  EXPECT_EQ(scene_.git("remote.git", {"log", "-1", "--format=%s", "main"}), "JIRA-7 sync\n");
  expect_error(scene_.sync("a", {"--message", " "}), "ERROR:invalid_argument");
}

TEST_F(SyncHooks, AKeyThatCannotSignIsSaid) {
  scene_.write("bin/sign", "#!/bin/sh\necho 'sign: no secret key' >&2\nexit 2\n");
  fs::permissions(scene_.dir().at("bin/sign"), fs::perms::owner_all);
  scene_.git("a", {"config", "commit.gpgSign", "true"});
  scene_.git("a", {"config", "gpg.program", scene_.dir().at("bin/sign")});
  const ProcessResult result = scene_.sync("a");
  expect_fail(result, "FAIL:signing_failed");
  EXPECT_THAT(result.out, HasSubstr("gpg failed to sign the data"));  // what the program says, newer gits tell too
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "?? mine.txt\n");
}

TEST_F(SyncHooks, APushThatTheRemoteCannotTakeSignedIsRefused) {
  scene_.git("a", {"config", "push.gpgSign", "true"});
  const ProcessResult result = scene_.sync("a");
  expect_fail(result, "FAIL:push_refused");
  EXPECT_THAT(result.out, HasSubstr("does not support --signed push"));
  EXPECT_THAT(result.out, HasSubstr("committed here, not at the remote yet"));
}

class SyncNested : public SyncHooks, public ::testing::WithParamInterface<const char*> {};

TEST_P(SyncNested, AHookThatSyncsDoesNotWaitForItself) {
  hook("a/.git", GetParam(), call());
  const ProcessResult result = scene_.sync("a", {"--git-timeout", "20s"});
  expect_ok(result, "OK:synced");
  EXPECT_TRUE(scene_.read("said").starts_with("OK:nested:pid ")) << scene_.read("said");
  EXPECT_EQ(scene_.read("statuses"), "0\n");
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
  scene_.expect_at_rest("a");
}

INSTANTIATE_TEST_SUITE_P(Hooks, SyncNested, ::testing::Values("pre-commit", "post-commit", "pre-push"),
                         [](const auto& each) {
                           const std::string name = each.param;
                           return name == "pre-commit" ? "PreCommit" : name == "post-commit" ? "PostCommit" : "PrePush";
                         });

TEST_F(SyncHooks, AHookThatSyncsAnotherWorkTreeIsPutOffAtOnce) {
  scene_.git("a", {"worktree", "add", "-q", "-b", "other", "../linked"});
  hook("a/.git", "post-commit", call("../linked"));
  expect_ok(scene_.sync("a", {"--git-timeout", "20s"}), "OK:synced");
  EXPECT_TRUE(scene_.read("said").starts_with("FAIL:deferred:pid ")) << scene_.read("said");
  EXPECT_EQ(scene_.read("statuses"), "75\n");
}

TEST_F(SyncHooks, WhatAHookHasPushedIsNotSaidToBeMissing) {
  hook("a/.git", "post-commit", "unset GIT_DIR GIT_INDEX_FILE; git push -q origin HEAD:main");
  const ProcessResult result = scene_.sync("a");
  expect_ok(result, "OK:synced");
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
  EXPECT_THAT(result.out, Not(HasSubstr("not at the remote yet")));
}

TEST_F(SyncHooks, WhatNobodyKnowsIsNotSaid) {
  // The remote takes the commits, and the connection ends before it says so.
  hook("remote.git", "post-receive", "touch ../taken; kill -9 $PPID; sleep 1");
  const ProcessResult result = scene_.sync("a");
  if (result.status == 1) {
    EXPECT_THAT(result.out, Not(HasSubstr("not at the remote yet")));
  }
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
  expect_ok(scene_.sync("a"), "OK:up_to_date");
}

}  // namespace
}  // namespace smbatcher::test
