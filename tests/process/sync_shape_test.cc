#include <chrono>
#include <filesystem>

#include "tests/process/sync_support.h"

namespace smbatcher::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// Repositories that are not as plain as most. What a sync may touch, and what is local work, git knows: nothing here
// may end worse than with git itself.

/// A clone "a" of a remote with some files, and a colleague's "b" beside it.
class SyncShapes : public ::testing::Test {
 protected:
  SyncShapes() {
    scene_.begin_with(
        {{"file.txt", "one\n"}, {"in/x.txt", "one\n"}, {"out/y.txt", "one\n"}, {"out/gone.txt", "one\n"}});
    scene_.clone("a");
    scene_.clone("b");
  }

  /// The colleague does `change` in "b" and pushes, with git alone.
  template <class Change>
  void colleague(const Change& change) const {
    scene_.git("b", {"pull", "-q", "--rebase"});
    change();
    scene_.git("b", {"add", "-A"});
    scene_.git("b", {"commit", "-q", "-m", "a colleague's"});
    scene_.git("b", {"push", "-q"});
  }
  void colleague_writes(const std::string& name, const std::string& text) const {
    colleague([&] { scene_.write("b/" + name, text); });
  }
  void git(const std::vector<std::string>& args) const { scene_.git("a", args); }
  std::string status() const { return scene_.git("a", {"status", "--porcelain"}); }
  /// Comes in line, and once more changes nothing.
  void expect_in_line() const {
    const ProcessResult result = scene_.sync("a");
    expect_ok(result, "OK:synced");
    EXPECT_EQ(status(), "") << result.out;
    EXPECT_EQ(scene_.head("a"), scene_.git("remote.git", {"rev-parse", "main"}));
    expect_ok(scene_.sync("a"), "OK:up_to_date");
    scene_.expect_at_rest("a");
  }
  /// Another repository, of one commit.
  std::string library() const {
    scene_.git("", {"init", "-q", "lib"});
    scene_.write("lib/l.txt", "l\n");
    scene_.git("lib", {"add", "-A"});
    scene_.git("lib", {"commit", "-q", "-m", "l"});
    return scene_.dir().at("lib");
  }

  SyncScene scene_;
};

class SyncFlags : public SyncShapes, public ::testing::WithParamInterface<const char*> {};

TEST_P(SyncFlags, ATextOfAFileThatGitIsNotToLookAtIsNotOverwritten) {
  git({"update-index", std::string("--") + GetParam(), "file.txt"});
  scene_.write("a/file.txt", "only here\n");
  scene_.write("a/mine.txt", "mine\n");
  colleague_writes("file.txt", "theirs\n");
  const ProcessResult result = scene_.sync("a", {"--wait", "0"});
  expect_fail(result, "FAIL:local_changes:file.txt");
  EXPECT_THAT(result.out, HasSubstr("git ls-files -v"));
  EXPECT_EQ(scene_.read("a/file.txt"), "only here\n");
  EXPECT_EQ(scene_.at_remote("file.txt"), "theirs\n");
  scene_.expect_at_rest("a");
  scene_.write("a/file.txt", "one\n");
  git({"update-index", std::string("--no-") + GetParam(), "file.txt"});
  expect_ok(scene_.sync("a"), "OK:synced");
  EXPECT_EQ(scene_.read("a/file.txt"), "theirs\n");
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
}

INSTANTIATE_TEST_SUITE_P(Flags, SyncFlags, ::testing::Values("skip-worktree", "assume-unchanged"),
                         [](const auto& each) {
                           return std::string(each.param) == "skip-worktree" ? "SkipWorktree" : "AssumeUnchanged";
                         });

TEST_F(SyncShapes, ASubmoduleOfAColleagueStays) {
  const std::string lib = library();
  colleague([&] { scene_.git("b", {"submodule", "--quiet", "add", lib, "deps/lib"}); });
  expect_in_line();
  EXPECT_THAT(scene_.git("remote.git", {"ls-tree", "-r", "main"}), HasSubstr("160000 commit"));
  // One that goes takes its folder along, unless something is in it.
  colleague([&] { scene_.git("b", {"rm", "-q", "-f", "deps/lib"}); });
  expect_in_line();
  EXPECT_FALSE(scene_.dir().exists("a/deps"));
}

TEST_F(SyncShapes, TheOldFolderOfAMovedSubmoduleIsNothingNew) {
  const std::string lib = library();
  colleague([&] { scene_.git("b", {"submodule", "--quiet", "add", lib, "lib"}); });
  expect_in_line();
  scene_.git("a", {"submodule", "--quiet", "update", "--init"});
  colleague([&] { scene_.git("b", {"mv", "lib", "moved"}); });
  for (const char* const answer : {"OK:synced", "OK:up_to_date"}) {
    expect_ok(scene_.sync("a"), answer);
    EXPECT_TRUE(scene_.dir().exists("a/lib/.git")) << "git throws no work away";
  }
  EXPECT_THAT(scene_.git("remote.git", {"ls-tree", "--name-only", "main"}), Not(HasSubstr("lib\n")));
}

TEST_F(SyncShapes, AFolderBecomesASubmoduleAndAFileAgain) {
  const std::string lib = library();
  colleague([&] {
    scene_.git("b", {"rm", "-q", "-r", "out"});
    scene_.git("b", {"submodule", "--quiet", "add", lib, "out"});
  });
  expect_in_line();
  EXPECT_TRUE(scene_.dir().list("a/out").empty());
  colleague([&] {
    scene_.git("b", {"rm", "-q", "-f", "out"});
    scene_.write("b/out", "a file\n");
  });
  expect_in_line();
  EXPECT_EQ(scene_.read("a/out"), "a file\n");
}

class SyncSparse : public SyncShapes, public ::testing::WithParamInterface<std::vector<const char*>> {};

TEST_P(SyncSparse, WhatIsLeftOutComesInWithoutAFile) {
  std::vector<std::string> args{"sparse-checkout", "set"};
  args.insert(args.end(), GetParam().begin(), GetParam().end());
  git(args);
  ASSERT_FALSE(scene_.dir().exists("a/out"));
  colleague([&] {
    scene_.write("b/in/x.txt", "two\n");
    scene_.write("b/in/new.txt", "new\n");
    scene_.write("b/out/y.txt", "two\n");
    scene_.write("b/out/new.txt", "new\n");
    fs::remove(scene_.dir().at("b/out/gone.txt"));
  });
  scene_.write("a/in/mine.txt", "mine\n");
  expect_in_line();
  EXPECT_EQ(scene_.git("a", {"show", "HEAD:out/y.txt"}), "two\n");
  EXPECT_EQ(scene_.read("a/in/x.txt") + scene_.read("a/in/new.txt"), "two\nnew\n");
  EXPECT_FALSE(scene_.dir().exists("a/out"));
  EXPECT_EQ(scene_.git("remote.git", {"ls-tree", "-r", "--name-only", "main"}),
            "file.txt\nin/mine.txt\nin/new.txt\nin/x.txt\nout/new.txt\nout/y.txt\n");
  // A file that lies there nevertheless is as git has it: it goes when it is left out.
  scene_.write("a/out/y.txt", "two\n");
  colleague_writes("out/y.txt", "three\n");
  expect_in_line();
  EXPECT_FALSE(scene_.dir().exists("a/out/y.txt"));
}

TEST_P(SyncSparse, WhatLiesOutsideOfItStaysWhereItIs) {
  std::vector<std::string> args{"sparse-checkout", "set"};
  args.insert(args.end(), GetParam().begin(), GetParam().end());
  git(args);
  scene_.write("a/out/new [1].txt", "new\n");
  scene_.write("a/out/y.txt", "mine\n");
  scene_.write("a/in/x.txt", "mine\n");
  scene_.write("a/in/staged.txt", "mine\n");
  git({"add", "in/staged.txt"});
  const ProcessResult result = scene_.sync("a");
  expect_ok(result, "OK:synced");
  EXPECT_THAT(result.out, HasSubstr("outside of the sparse checkout, so not committed (git add --sparse)"));
  EXPECT_EQ(scene_.git("remote.git", {"ls-tree", "-r", "--name-only", "main"}),
            "file.txt\nin/staged.txt\nin/x.txt\nout/gone.txt\nout/y.txt\n");
  EXPECT_EQ(scene_.at_remote("out/y.txt") + scene_.at_remote("in/x.txt"), "one\nmine\n");
  EXPECT_EQ(scene_.read("a/out/new [1].txt") + scene_.read("a/out/y.txt"), "new\nmine\n");
  const Json again = json(scene_.sync("a", {"--json"}));
  EXPECT_EQ(again.find("repositories")->array()->front().find("left_out")->array()->size(), 2U);
  // One that came in changed is not written over.
  colleague_writes("out/y.txt", "theirs\n");
  expect_fail(scene_.sync("a", {"--wait", "0"}), "FAIL:local_changes:out/y.txt");
  EXPECT_EQ(scene_.read("a/out/y.txt"), "mine\n");
  scene_.expect_at_rest("a");
}

INSTANTIATE_TEST_SUITE_P(Rules, SyncSparse,
                         ::testing::Values(std::vector<const char*>{"--cone", "in"},
                                           std::vector<const char*>{"--no-cone", "/file.txt", "in/"},
                                           std::vector<const char*>{"--cone", "--sparse-index", "in"}),
                         [](const auto& each) {
                           return each.param.size() == 2 ? "Cone" : each.param[0][2] == 'n' ? "NoCone" : "SparseIndex";
                         });

TEST_F(SyncShapes, FiltersAndLineEndsAreNoLocalWork) {
  // A filter as of large files: in the repository the text is in capitals.
  git({"config", "filter.caps.clean", "tr a-z A-Z"});
  git({"config", "filter.caps.smudge", "tr A-Z a-z"});
  git({"config", "filter.caps.required", "true"});
  git({"config", "core.autocrlf", "true"});
  scene_.git("b", {"config", "filter.caps.clean", "cat"});
  colleague([&] {
    scene_.write("b/.gitattributes", "*.big filter=caps -text\n*.id ident\n");
    scene_.write("b/x.big", "ABC\n");
    scene_.write("b/x.id", "$Id$\n");
    scene_.write("b/crlf.txt", "a\nb\n");
  });
  expect_in_line();
  EXPECT_EQ(scene_.read("a/x.big"), "abc\n");
  EXPECT_EQ(scene_.read("a/crlf.txt"), "a\r\nb\r\n");
  EXPECT_THAT(scene_.read("a/x.id"), HasSubstr("$Id: "));
  colleague([&] {
    scene_.write("b/x.big", "DEF\n");
    scene_.write("b/crlf.txt", "c\n");
    scene_.write("b/x.id", "$Id$\nmore\n");
  });
  scene_.write("a/y.big", "mine\n");
  expect_in_line();
  EXPECT_EQ(scene_.read("a/x.big"), "def\n");
  EXPECT_EQ(scene_.at_remote("y.big"), "MINE\n");
  EXPECT_EQ(scene_.read("a/crlf.txt"), "c\r\n");
  // A filter that fails stops it with nothing changed.
  git({"config", "filter.caps.smudge", "echo no server >&2; false"});
  colleague_writes("x.big", "GHI\n");
  const ProcessResult result = scene_.sync("a");
  expect_fail(result, "FAIL:git_failed");
  EXPECT_EQ(scene_.read("a/x.big"), "def\n");
  EXPECT_EQ(status(), "");
  scene_.expect_at_rest("a");
}

TEST_F(SyncShapes, ModesAndLinksFollowTheSettings) {
  git({"config", "core.fileMode", "false"});
  git({"config", "core.symlinks", "false"});
  fs::permissions(scene_.dir().at("a/file.txt"), fs::perms::owner_all);  // as a mounted disk shows it
  colleague([&] {
    fs::create_symlink("file.txt", scene_.dir().at("b/link"));
    scene_.write("b/file.txt", "two\n");
    scene_.write("b/run.sh", "true\n");
    fs::permissions(scene_.dir().at("b/run.sh"), fs::perms::owner_all);
  });
  expect_in_line();
  EXPECT_EQ(scene_.read("a/link"), "file.txt");
  EXPECT_FALSE(fs::is_symlink(scene_.dir().at("a/link")));
  fs::permissions(scene_.dir().at("a/run.sh"), fs::perms::owner_read | fs::perms::owner_write);
  colleague_writes("run.sh", "false\n");
  expect_in_line();
  EXPECT_THAT(scene_.git("remote.git", {"ls-tree", "main", "run.sh"}), HasSubstr("100755"));
}

TEST_F(SyncShapes, AFileThatWasOnlyTouchedIsNoLocalWork) {
  fs::last_write_time(scene_.dir().at("a/file.txt"), fs::file_time_type::clock::now() - std::chrono::hours(1));
  colleague_writes("file.txt", "two\n");
  expect_in_line();
  EXPECT_EQ(scene_.read("a/file.txt"), "two\n");
}

TEST_F(SyncShapes, AFileThatIsOnlyToBeAddedIsAdded) {
  scene_.write("a/later.txt", "later\n");
  git({"add", "-N", "later.txt"});
  colleague_writes("file.txt", "two\n");
  expect_in_line();
  EXPECT_EQ(scene_.at_remote("later.txt"), "later\n");
}

TEST_F(SyncShapes, ABranchWithoutACommitTakesWhatIsThere) {
  scene_.git("", {"init", "-q", "new"});
  scene_.git("new", {"remote", "add", "origin", scene_.dir().at("remote.git")});
  scene_.git("new", {"config", "branch.main.remote", "origin"});
  scene_.git("new", {"config", "branch.main.merge", "refs/heads/main"});
  expect_ok(scene_.sync("new"), "OK:synced");
  EXPECT_EQ(scene_.head("new"), scene_.head("b"));
  EXPECT_EQ(scene_.read("new/file.txt"), "one\n");
  EXPECT_EQ(scene_.git("new", {"status", "--porcelain"}), "");
  scene_.expect_at_rest("new");
}

TEST_F(SyncShapes, AWorkTreeElsewhereIsSynced) {
  fs::create_directory(scene_.dir().at("apart"));
  fs::rename(scene_.dir().at("a/.git"), scene_.dir().at("apart/.git"));
  scene_.git("apart", {"config", "core.worktree", scene_.dir().at("a")});
  scene_.write("a/mine.txt", "mine\n");
  colleague_writes("file.txt", "two\n");
  expect_ok(scene_.sync("apart"), "OK:synced");
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
  EXPECT_EQ(scene_.read("a/file.txt"), "two\n");
  EXPECT_EQ(scene_.git("apart", {"status", "--porcelain"}), "");
}

TEST_F(SyncShapes, ALinkedWorkTreeIsSynced) {
  git({"switch", "-q", "-c", "idle"});
  git({"worktree", "add", "-q", "../linked", "main"});
  scene_.write("linked/mine.txt", "mine\n");
  colleague_writes("file.txt", "two\n");
  expect_ok(scene_.sync("linked"), "OK:synced");
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
  EXPECT_EQ(scene_.read("linked/file.txt"), "two\n");
  EXPECT_EQ(scene_.git("linked", {"status", "--porcelain"}), "");
}

/// A commit that went to the remote from "a" and is in "b", and was taken back there.
class SyncTakenBack : public SyncShapes {
 protected:
  void take_back() const {
    git({"pull", "-q", "--rebase"});
    scene_.write("a/secret.txt", "PASSWORD\n");
    git({"add", "-A"});
    git({"commit", "-q", "-m", "secret"});
    git({"push", "-q"});
    scene_.git("b", {"pull", "-q"});
    git({"reset", "-q", "--hard", "HEAD~1"});
    git({"push", "-q", "--force"});
  }
  void expect_without_secret() const {
    EXPECT_THAT(scene_.git("remote.git", {"log", "--format=%s", "main"}), Not(HasSubstr("secret")));
    EXPECT_FALSE(scene_.dir().exists("b/secret.txt"));
    EXPECT_EQ(scene_.head("b"), scene_.git("remote.git", {"rev-parse", "main"}));
    EXPECT_EQ(scene_.git("b", {"status", "--porcelain"}), "");
  }
};

TEST_F(SyncTakenBack, ItDoesNotComeBackWithWorkOnTopOfIt) {
  take_back();
  scene_.write("b/work.txt", "work\n");
  const ProcessResult result = scene_.sync("b");
  expect_ok(result, "OK:synced");
  EXPECT_THAT(result.out, HasSubstr("taken back at the remote, so dropped here: 1 commit of anna\n"));
  expect_without_secret();
  EXPECT_EQ(scene_.at_remote("work.txt"), "work\n");
}

TEST_F(SyncTakenBack, ItDoesNotComeBackWithoutWork) {
  take_back();
  expect_ok(scene_.sync("b"), "OK:synced");
  expect_without_secret();
}

TEST_F(SyncTakenBack, ItDoesNotComeBackAfterAFetchByHandOrWithoutALogOfTheBranch) {
  take_back();
  scene_.git("b", {"fetch", "-q"});
  scene_.write("b/work.txt", "work\n");
  expect_ok(scene_.sync("b"), "OK:synced");
  expect_without_secret();
  take_back();
  fs::remove_all(scene_.dir().at("b/.git/logs"));
  scene_.git("b", {"config", "core.logAllRefUpdates", "false"});
  scene_.write("b/work.txt", "more\n");
  expect_ok(scene_.sync("b"), "OK:synced");
  expect_without_secret();
}

TEST_F(SyncTakenBack, ItDoesNotComeBackWithAMergeOnTopOfIt) {
  take_back();
  scene_.git("b", {"switch", "-q", "-c", "side"});
  scene_.write("b/side.txt", "side\n");
  scene_.git("b", {"add", "-A"});
  scene_.git("b", {"commit", "-q", "-m", "side"});
  scene_.git("b", {"switch", "-q", "main"});
  scene_.git("b", {"merge", "-q", "--no-ff", "-m", "merged", "side"});
  expect_ok(scene_.sync("b"), "OK:synced");
  expect_without_secret();
  EXPECT_EQ(scene_.at_remote("side.txt"), "side\n");
}

TEST_F(SyncShapes, ABranchThatIsGoneAtTheRemoteIsNotMadeAgain) {
  git({"switch", "-q", "-c", "topic"});
  git({"push", "-q", "-u", "origin", "topic"});
  scene_.git("remote.git", {"branch", "-q", "-D", "topic"});
  for (const char* const prune : {"false", "true"}) {
    git({"config", "fetch.prune", prune});
    scene_.write("a/file.txt", prune);
    for (int turn = 0; turn < 2; ++turn) {
      const ProcessResult result = scene_.sync("a");
      expect_fail(result, "FAIL:upstream_gone:topic");
      EXPECT_THAT(result.out, HasSubstr("git push -u origin HEAD:topic"));
      EXPECT_THAT(result.out, HasSubstr("committed here, not at the remote yet"));
    }
  }
  EXPECT_EQ(scene_.git("remote.git", {"branch", "--list", "topic"}), "");
  git({"push", "-q", "-u", "origin", "HEAD:topic"});
  expect_ok(scene_.sync("a"), "OK:up_to_date");
}

TEST_F(SyncShapes, ABranchThatGoesDuringThePushIsNotMadeAgain) {
  git({"switch", "-q", "-c", "topic"});
  git({"push", "-q", "-u", "origin", "topic"});
  scene_.write("a/.git/hooks/pre-push",
               "#!/bin/sh\nunset GIT_DIR\ngit -C '" + scene_.dir().at("remote.git") + "' branch -q -D topic\ntrue\n");
  fs::permissions(scene_.dir().at("a/.git/hooks/pre-push"), fs::perms::owner_all);
  scene_.write("a/file.txt", "two\n");
  const ProcessResult result = scene_.sync("a");
  EXPECT_TRUE(result.status == 1) << result.out;
  EXPECT_EQ(scene_.git("remote.git", {"branch", "--list", "topic"}), "");
}

TEST_F(SyncShapes, ABranchOutsideOfTheFetchedOnesIsSynced) {
  git({"switch", "-q", "-c", "topic"});
  git({"push", "-q", "origin", "topic"});
  git({"config", "remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main"});
  git({"config", "branch.topic.remote", "origin"});
  git({"config", "branch.topic.merge", "refs/heads/topic"});
  git({"update-ref", "-d", "refs/remotes/origin/topic"});
  scene_.git("b", {"fetch", "-q"});
  scene_.git("b", {"switch", "-q", "topic"});
  colleague_writes("theirs.txt", "theirs\n");
  scene_.write("a/mine.txt", "mine\n");
  expect_ok(scene_.sync("a"), "OK:synced");
  EXPECT_EQ(scene_.read("a/theirs.txt"), "theirs\n");
  EXPECT_EQ(scene_.git("remote.git", {"show", "topic:mine.txt"}), "mine\n");
}

}  // namespace
}  // namespace smbatcher::test
