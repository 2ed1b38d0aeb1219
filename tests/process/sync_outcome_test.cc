#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "tests/process/sync_support.h"

namespace smbatcher::test {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A clone "a" of a remote with one file, and "b" beside it.
class RepoSync : public ::testing::Test {
 protected:
  RepoSync() {
    scene_.begin_with({{"file.txt", "one\n"}});
    scene_.clone("a");
    scene_.clone("b");
  }

  ProcessResult sync(const std::vector<std::string>& args = {}) const { return scene_.sync("a", args); }
  /// b changes the file and pushes.
  void change_at_remote(const std::string& name, const std::string& text) const {
    scene_.write("b/" + name, text);
    expect_ok(scene_.sync("b", {"--proceed", "--include", "*"}), "OK:synced");
  }
  /// Refused with this word, and a has what it had.
  void expect_refused(const std::string& line, const std::vector<std::string>& args = {}) const {
    const std::string before = scene_.git("a", {"status", "--porcelain", "-uall"});
    expect_fail(sync(args), line);
    EXPECT_EQ(scene_.git("a", {"status", "--porcelain", "-uall"}), before);
  }
  std::string hook(const std::string& name, const std::string& text) const {
    const std::string path = scene_.dir().at("a/.git/hooks/" + name);
    scene_.write("a/.git/hooks/" + name, "#!/bin/sh\n" + text + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  SyncScene scene_;
};

TEST_F(RepoSync, CommitsFetchesRebasesAndPushes) {
  change_at_remote("theirs.txt", "theirs\n");
  scene_.write("a/mine.txt", "mine\n");
  const ProcessResult result = sync();
  expect_ok(result, "OK:synced");
  EXPECT_THAT(result.out, HasSubstr("pulled 1 commit of anna\n"));
  EXPECT_THAT(result.out, HasSubstr("pushed 1 commit of anna\n"));
  EXPECT_EQ(scene_.at_remote("mine.txt"), "mine\n");
  EXPECT_EQ(scene_.read("a/theirs.txt"), "theirs\n");
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "");
  EXPECT_THAT(scene_.git("a", {"log", "-1", "--format=%s"}), StartsWith("sync: auto-sync from "));
  EXPECT_EQ(scene_.git("a", {"rev-list", "--merges", "HEAD"}), "");
  scene_.expect_at_rest("a");
  expect_ok(sync(), "OK:up_to_date");
}

TEST_F(RepoSync, JsonNamesEveryCommit) {
  change_at_remote("wiki/clients/acme.md", "acme\n");
  scene_.write("a/mine.txt", "mine\n");
  const Json answer = json(sync({"--json"}));
  const Json& repository = answer.find("repositories")->array()->front();
  EXPECT_EQ(text_of(repository, "state"), "both");
  EXPECT_EQ(text_of(repository, "head") + "\n", scene_.head("a"));
  EXPECT_EQ(text_of(repository.find("pushed")->array()->front(), "id") + "\n", scene_.head("a"));
  EXPECT_EQ(text_of(repository.find("wiki")->array()->front(), "category"), "clients");
  EXPECT_EQ(text_of(repository.find("wiki")->array()->front(), "change"), "added");
}

TEST_F(RepoSync, DryRunChangesNothing) {
  scene_.write("a/mine.txt", "mine\n");
  const std::string head = scene_.head("a");
  const ProcessResult result = sync({"--dry-run"});
  expect_ok(result, "OK:dry_run");
  EXPECT_THAT(result.out, HasSubstr("would commit: mine.txt\n"));
  EXPECT_THAT(result.out, HasSubstr("the remote was not asked: it is as of the last fetch\n"));
  EXPECT_EQ(scene_.head("a"), head);
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "?? mine.txt\n");
}

TEST_F(RepoSync, UnsavedSessionLogsStopIt) {
  scene_.write("a/clients/acme/session-logs/new.md", "work\n");
  const ProcessResult result = sync();
  expect_fail(result, "FAIL:unsaved_session_logs:1");
  EXPECT_THAT(result.out,
              HasSubstr("[WARNING] Found 1 uncommitted session log(s):\n- clients/acme/session-logs/new.md\n"
                        "These contain work context that will be auto-committed with a generic\n"));
  expect_ok(sync({"--proceed"}), "OK:synced");
  scene_.write("a/session-logs/x.md", "work\n");
  const ProcessResult saved = sync({"--save-first", "git add session-logs && git commit -q -m 'a narrative'"});
  expect_ok(saved, "OK:synced");
  EXPECT_EQ(scene_.git("a", {"log", "-1", "--format=%s"}), "a narrative\n");
  std::filesystem::remove(scene_.dir().at("a/session-logs/x.md"));
  expect_ok(sync(), "OK:synced");  // a removed one is not unsaved work
}

TEST_F(RepoSync, NotesForPeopleComeFirst) {
  change_at_remote("session-logs/mon.md", "# Monday\n\n## Note for mike\nCall \x1b[31macme\x1b[0m.\n\n## Done\nall\n");
  const std::string out = sync().out;
  const std::string rule(60, '=');
  EXPECT_THAT(out.substr(out.find('\n') + 1), StartsWith(rule + "\nMESSAGE FROM anna ("));
  EXPECT_THAT(out, HasSubstr("## Note for mike\nCall \\x1b[31macme\\x1b[0m.\n" + rule + "\npulled 1 commit"));
}

TEST_F(RepoSync, FilesLikeSecretsAndLargeFilesStopIt) {
  scene_.write("a/deploy/.env.local", "KEY=1\n");
  scene_.write("a/id_rsa", "key\n");
  expect_refused("FAIL:suspicious_files:deploy/.env.local id_rsa");
  std::filesystem::remove(scene_.dir().at("a/id_rsa"));
  expect_ok(sync({"--include", "deploy/*"}), "OK:synced");
  scene_.write("a/big", "");
  std::filesystem::resize_file(scene_.dir().at("a/big"), (50U << 20U) + 1);
  expect_refused("FAIL:suspicious_files:big");
}

TEST_F(RepoSync, PathsCommitsNothingElse) {
  scene_.write("a/doc/x.txt", "x\n");
  scene_.write("a/other.txt", "o\n");
  scene_.git("a", {"add", "other.txt"});
  expect_ok(sync({"--paths", "doc"}), "OK:synced");
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "A  other.txt\n");
  EXPECT_EQ(scene_.at_remote("doc/x.txt"), "x\n");
}

TEST_F(RepoSync, PathsDoesNotOverwriteWhatItLeavesAlone) {
  change_at_remote("file.txt", "theirs\n");
  scene_.write("a/file.txt", "mine\n");
  scene_.write("a/doc/x.txt", "x\n");
  expect_fail(sync({"--paths", "doc"}), "FAIL:local_changes:file.txt");
  EXPECT_EQ(scene_.read("a/file.txt"), "mine\n");
  scene_.expect_at_rest("a");
}

TEST_F(RepoSync, AConflictLeavesTheTreeAsItWas) {
  change_at_remote("file.txt", "theirs\n");
  scene_.write("a/file.txt", "mine\n");
  expect_fail(sync(), "FAIL:rebase_conflict:file.txt");
  EXPECT_EQ(scene_.read("a/file.txt"), "mine\n");
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "");
  scene_.expect_at_rest("a");
  expect_fail(sync(), "FAIL:rebase_conflict:file.txt");
}

TEST_F(RepoSync, IncomingFilesDoNotOverwriteIgnoredOnes) {
  change_at_remote("build/out.txt", "theirs\n");
  scene_.write("a/.git/info/exclude", "build/\n");
  scene_.write("a/build/out.txt", "mine\n");
  expect_fail(sync(), "FAIL:would_overwrite:build/out.txt");
  EXPECT_EQ(scene_.read("a/build/out.txt"), "mine\n");
  scene_.expect_at_rest("a");
}

TEST_F(RepoSync, AddedRemovedAndTurnedIntoEachOtherFilesArrive) {
  change_at_remote("folder/one.txt", "1\n");
  change_at_remote("name", "a file\n");
  expect_ok(sync(), "OK:synced");
  std::filesystem::remove(scene_.dir().at("b/name"));
  std::filesystem::remove_all(scene_.dir().at("b/folder"));
  scene_.write("b/folder", "now a file\n");
  std::filesystem::create_symlink("file.txt", scene_.dir().at("b/link"));
  change_at_remote("name/inside.txt", "in\n");
  expect_ok(sync(), "OK:synced");
  EXPECT_EQ(scene_.read("a/folder"), "now a file\n");
  EXPECT_EQ(scene_.read("a/name/inside.txt"), "in\n");
  EXPECT_EQ(std::filesystem::read_symlink(scene_.dir().at("a/link")), "file.txt");
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "");
}

/// Sets the time of the last change.
void set_time(const std::string& path, std::time_t time) {
  const std::array<timespec, 2> times{{{time, 0}, {time, 0}}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0), 0);
}

TEST_F(RepoSync, AChangeInTheSameTickAsTheIndexIsCommitted) {
  const std::time_t tick = ::time(nullptr) - 100;
  scene_.git("a", {"config", "core.trustctime", "false"});
  set_time(scene_.dir().at("a/file.txt"), tick);
  scene_.git("a", {"update-index", "--refresh"});
  scene_.write("a/file.txt", "two\n");
  set_time(scene_.dir().at("a/file.txt"), tick);
  set_time(scene_.dir().at("a/.git/index"), tick);
  expect_ok(sync(), "OK:synced");
  EXPECT_EQ(scene_.at_remote("file.txt"), "two\n");
}

TEST_F(RepoSync, FileNamesWithNewlinesTravel) {
  scene_.write("a/two\nlines \"q\"", "x\n");
  expect_ok(sync(), "OK:synced");
  expect_ok(scene_.sync("b"), "OK:synced");
  EXPECT_EQ(scene_.read("b/two\nlines \"q\""), "x\n");
  scene_.write("a/id_\n", "x");
  expect_refused("FAIL:suspicious_files:id_\\n");
}

TEST_F(RepoSync, EveryStateOfTheTreeIsSaid) {
  scene_.git("a", {"switch", "-q", "--detach"});
  expect_refused("FAIL:detached_head");
  scene_.git("a", {"switch", "-q", "-c", "lone", "--no-track"});
  expect_refused("FAIL:no_upstream:lone");
  scene_.write("a/file.txt", "lone\n");
  scene_.git("a", {"commit", "-q", "-a", "-m", "lone"});
  scene_.git("a", {"switch", "-q", "main"});
  scene_.write("a/file.txt", "main\n");
  scene_.git("a", {"commit", "-q", "-a", "-m", "main"});
  EXPECT_EQ(test::run(scene_.git_command("a", {"merge", "-q", "lone"})).status, 1);
  expect_refused("FAIL:merge_in_progress");
  scene_.git("a", {"merge", "--abort"});
  EXPECT_EQ(test::run(scene_.git_command("a", {"cherry-pick", "lone"})).status, 1);
  expect_refused("FAIL:cherry_pick_in_progress");
  scene_.git("a", {"cherry-pick", "--abort"});
  EXPECT_EQ(test::run(scene_.git_command("a", {"revert", "--no-edit", "HEAD~1"})).status, 1);
  expect_refused("FAIL:revert_in_progress");
  scene_.git("a", {"revert", "--abort"});
  EXPECT_EQ(test::run(scene_.git_command("a", {"rebase", "-q", "lone"})).status, 1);
  expect_refused("FAIL:rebase_in_progress");
  scene_.git("a", {"rebase", "--abort"});
  scene_.git("a", {"bisect", "start"});
  expect_refused("FAIL:bisect_in_progress");
  scene_.git("a", {"bisect", "reset"});
  scene_.git("a", {"remote", "remove", "origin"});
  expect_refused("FAIL:no_remote");
  expect_fail(scene_.sync("remote.git"), "FAIL:bare_repository");
  expect_fail(scene_.sync("home"), "FAIL:not_a_repository");
}

TEST_F(RepoSync, AForeignIndexLockStopsItAndStays) {
  scene_.write("a/mine.txt", "mine\n");
  scene_.write("a/.git/index.lock", "");
  expect_fail(sync(), "FAIL:index_locked");
  EXPECT_TRUE(scene_.dir().exists("a/.git/index.lock"));
}

TEST_F(RepoSync, ALocalMergeStaysAsItWasResolved) {
  scene_.git("a", {"switch", "-q", "-c", "side"});
  scene_.write("a/side.txt", "s\n");
  scene_.git("a", {"add", "-A"});
  scene_.git("a", {"commit", "-q", "-m", "side"});
  scene_.git("a", {"switch", "-q", "main"});
  scene_.git("a", {"merge", "-q", "--no-ff", "-m", "merged", "side"});
  change_at_remote("theirs.txt", "t\n");
  const std::string merged = scene_.head("a");
  expect_ok(sync(), "OK:synced");
  EXPECT_EQ(scene_.git("a", {"merge-base", "--is-ancestor", merged.substr(0, 40), "HEAD"}), "");
  EXPECT_EQ(scene_.git("remote.git", {"rev-parse", "main"}), scene_.head("a"));
  EXPECT_EQ(scene_.read("a/theirs.txt") + scene_.read("a/side.txt"), "t\ns\n");
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "");
  scene_.expect_at_rest("a");
  // The same file on both sides: said, and the tree is as before.
  scene_.git("a", {"switch", "-q", "-c", "other"});
  scene_.write("a/file.txt", "other\n");
  scene_.git("a", {"commit", "-q", "-a", "-m", "other"});
  scene_.git("a", {"switch", "-q", "main"});
  scene_.git("a", {"merge", "-q", "--no-ff", "-m", "merged too", "other"});
  expect_ok(scene_.sync("b"), "OK:synced");
  change_at_remote("file.txt", "theirs\n");
  expect_refused("FAIL:rebase_conflict:file.txt");
  scene_.expect_at_rest("a");
}

TEST_F(RepoSync, AHookThatFailsIsNamed) {
  scene_.write("a/mine.txt", "mine\n");
  const std::string path = hook("pre-commit", "echo no trailing blanks >&2; exit 1");
  const ProcessResult result = sync();
  expect_fail(result, "FAIL:hook_failed:pre-commit");
  EXPECT_THAT(result.out, HasSubstr("no trailing blanks"));
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "?? mine.txt\n");
  scene_.expect_at_rest("a");
  std::filesystem::remove(path);
  const std::string push = hook("pre-push", "exit 1");
  expect_fail(sync(), "FAIL:hook_failed:pre-push");
  std::filesystem::remove(push);
  expect_ok(sync(), "OK:synced");
}

TEST_F(RepoSync, AHookThatHangsIsEnded) {
  scene_.write("a/mine.txt", "mine\n");
  hook("pre-commit", "exec sleep 600");
  expect_fail(sync({"--git-timeout", "1s"}), "FAIL:git_timeout:git commit");
  EXPECT_EQ(scene_.git("a", {"status", "--porcelain"}), "?? mine.txt\n");
  scene_.expect_at_rest("a");
}

TEST_F(RepoSync, WhatTheRemoteRefusesStaysHere) {
  scene_.write("remote.git/hooks/pre-receive", "#!/bin/sh\necho branch is frozen >&2\nexit 1\n");
  std::filesystem::permissions(scene_.dir().at("remote.git/hooks/pre-receive"), std::filesystem::perms::owner_all);
  scene_.write("a/mine.txt", "mine\n");
  const ProcessResult result = sync();
  expect_fail(result, "FAIL:push_refused:[remote rejected] (pre-receive hook declined)");
  EXPECT_THAT(result.out, HasSubstr("committed here, not at the remote yet"));
  EXPECT_EQ(scene_.git("a", {"rev-list", "--count", "@{u}..HEAD"}), "1\n");
}

TEST_F(RepoSync, APushThatLosesEveryRaceEnds) {
  // Each push meets a remote that somebody else has just changed.
  const std::string other = scene_.dir().at("b");
  hook("pre-push", "unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE; cd '" + other +
                       "' && date +%N >> n.txt && git add -A && git commit -q -m more && git push -q origin HEAD:main");
  scene_.write("a/mine.txt", "mine\n");
  expect_fail(sync({"--wait", "0"}), "FAIL:push_rejected:4");
  scene_.expect_at_rest("a");
  EXPECT_EQ(scene_.read("a/mine.txt"), "mine\n");
  EXPECT_EQ(scene_.git("a", {"rev-list", "--count", "@{u}..HEAD"}), "1\n");
}

TEST_F(RepoSync, ARemoteThatIsAwayIsSaidAndTheCommitStays) {
  scene_.write("a/mine.txt", "mine\n");
  scene_.git("a", {"remote", "set-url", "origin", scene_.dir().at("nowhere.git")});
  expect_fail(sync(), "FAIL:remote_unreachable:origin");
  EXPECT_EQ(scene_.git("a", {"rev-list", "--count", "@{u}..HEAD"}), "1\n");
  scene_.git("a", {"config", "core.sshCommand", "echo ssh: connection refused >&2; false"});
  scene_.git("a", {"remote", "set-url", "origin", "ssh://host.example/x"});
  EXPECT_THAT(sync().out, HasSubstr("remote 'origin' cannot be reached: ssh: connection refused; what"));
}

TEST_F(RepoSync, NobodyIsAskedForCredentials) {
  // A remote helper that asks as git's own for https does.
  scene_.write("bin/git-remote-asks",
               "#!/bin/sh\nprintf 'protocol=https\\nhost=t.example\\n\\n' | git credential fill\nexit 128\n");
  std::filesystem::permissions(scene_.dir().at("bin/git-remote-asks"), std::filesystem::perms::owner_all);
  scene_.git("a", {"remote", "set-url", "origin", "asks::somewhere"});
  Command command = scene_.sync_command("a");
  command.env["PATH"] = scene_.dir().at("bin") + ":" + std::getenv("PATH");
  expect_fail(test::run(command), "FAIL:credentials_needed:origin");
}

TEST_F(RepoSync, CommitsOfNobodyAreNotMade) {
  scene_.write("home/.gitconfig", "[user]\n\tuseConfigOnly = true\n");
  scene_.write("a/mine.txt", "mine\n");
  expect_refused("FAIL:identity_unknown");
}

TEST_F(RepoSync, TenThousandFilesAreOneCommit) {
  const int count = std::getenv("SMB_SOAK") != nullptr ? 10'000 : 2'000;  // NOLINT(concurrency-mt-unsafe)
  for (int i = 0; i < count; ++i) {
    scene_.write("a/many/" + std::to_string(i / 100) + "/" + std::to_string(i), std::to_string(i));
  }
  expect_ok(sync(), "OK:synced");
  expect_ok(scene_.sync("b"), "OK:synced");
  EXPECT_EQ(scene_.read("b/many/19/1999"), "1999");
  EXPECT_EQ(scene_.git("b", {"ls-files", "many"}), scene_.git("a", {"ls-files", "many"}));
  EXPECT_EQ(scene_.git("b", {"status", "--porcelain"}), "");
}

TEST_F(RepoSync, ASecondRepositoryFollowsAndItsFailureIsOurs) {
  scene_.git("", {"init", "-q", "--bare", "vault.git"});
  scene_.git("", {"clone", "-q", "vault.git", "vault"});
  scene_.write("vault/secret.txt", "s\n");
  scene_.write("a/.claude/identity.json", R"({"vault_path": "../vault"})");
  expect_ok(sync(), "OK:synced");
  EXPECT_EQ(scene_.git("vault.git", {"show", "main:secret.txt"}), "s\n");
  scene_.git("vault", {"switch", "-q", "--detach"});
  const ProcessResult result = sync();
  expect_fail(result, "FAIL:detached_head");
  EXPECT_THAT(result.out, HasSubstr(scene_.dir().at("a") + ":\n"));
}

TEST_F(RepoSync, CommandFilesAreCopiedUnlessTheUserChangedThem) {
  scene_.write("a/.claude/commands/sync.md", "first\n");
  scene_.write("a/.claude/commands/save.md", "save\n");
  expect_ok(sync({"--copy-commands"}), "OK:synced");
  EXPECT_EQ(scene_.read("home/.claude/commands/sync.md"), "first\n");
  scene_.write("home/.claude/commands/save.md", "my own\n");
  scene_.write("a/.claude/commands/sync.md", "second\n");
  scene_.write("a/.claude/commands/save.md", "save again\n");
  const ProcessResult result = sync({"--copy-commands"});
  EXPECT_THAT(result.out, HasSubstr("command files that you have changed, kept: save.md\n"));
  EXPECT_EQ(scene_.read("home/.claude/commands/sync.md"), "second\n");
  EXPECT_EQ(scene_.read("home/.claude/commands/save.md"), "my own\n");
}

TEST_F(RepoSync, AnUnwritableGitFolderIsSaid) {
  if (::geteuid() == 0) {
    // Root writes everywhere: so as somebody who may only read.
    std::filesystem::permissions(scene_.dir().path(), std::filesystem::perms::others_all,
                                 std::filesystem::perm_options::add);
    Command command = scene_.sync_command("a");
    command.argv.insert(command.argv.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    scene_.write("home/.gitconfig", scene_.read("home/.gitconfig") + "[safe]\n\tdirectory = *\n");
    const ProcessResult result = test::run(command);
    expect_error(result, "ERROR:permission_denied");
    return;
  }
  std::filesystem::permissions(scene_.dir().at("a/.git"),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  expect_error(sync(), "ERROR:permission_denied");
}

}  // namespace
}  // namespace smbatcher::test
