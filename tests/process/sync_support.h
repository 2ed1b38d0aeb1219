#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tools.h"

namespace smbatcher::test {

/// Whether the long forms of the tests were asked for.
inline bool is_soak() { return std::getenv("SMB_SOAK") != nullptr; }  // NOLINT(concurrency-mt-unsafe): nothing sets it

/// A bare repository and clones of it, with git as on a fresh machine.
class SyncScene {
 public:
  SyncScene() {
    dir_.write("home/.gitconfig",
               "[user]\n\tname = anna\n\temail = anna@t.example\n[init]\n\tdefaultBranch = main\n"
               "[advice]\n\tdetachedHead = false\n[protocol \"file\"]\n\tallow = always\n");
    git("", {"init", "-q", "--bare", "remote.git"});
  }

  const TempDir& dir() const { return dir_; }
  std::map<std::string, std::optional<std::string>> environment() const {
    auto env = clean_environment();
    env["HOME"] = dir_.at("home");
    env["XDG_CONFIG_HOME"] = std::nullopt;
    env["GIT_CONFIG_NOSYSTEM"] = "1";
    return env;
  }
  Command git_command(const std::string& folder, const std::vector<std::string>& args) const {
    Command command{.argv = {"git"}, .env = environment(), .cwd = dir_.at(folder)};
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    return command;
  }
  /// Its output; a failure fails the test.
  std::string git(const std::string& folder, const std::vector<std::string>& args) const {
    const ProcessResult result = test::run(git_command(folder, args));
    EXPECT_EQ(result.status, 0) << result.command << "\n" << result.out << result.err;
    return result.out;
  }
  Command sync_command(const std::string& folder, const std::vector<std::string>& args = {}) const {
    Command command{.argv = {tool_path("repo-sync")}, .env = environment(), .cwd = dir_.at(folder)};
    command.argv.insert(command.argv.end(), args.begin(), args.end());
    return command;
  }
  ProcessResult sync(const std::string& folder, const std::vector<std::string>& args = {}) const {
    return test::run(sync_command(folder, args));
  }

  /// The first commit: `files`, pushed from a clone that is gone again.
  void begin_with(const std::vector<std::pair<std::string, std::string>>& files) const {
    git("", {"clone", "-q", "remote.git", "first"});
    for (const auto& [name, text] : files) {
      dir_.write("first/" + name, text);
    }
    expect_ok(sync("first", {"--proceed"}), "OK:synced");
  }
  void clone(const std::string& name) const { git("", {"clone", "-q", "remote.git", name}); }
  void write(const std::string& path, std::string_view text) const { dir_.write(path, text); }
  std::string read(const std::string& path) const { return dir_.read(path); }
  /// What the remote has.
  std::string at_remote(const std::string& path) const { return git("remote.git", {"show", "main:" + path}); }
  std::string head(const std::string& folder) const { return git(folder, {"rev-parse", "HEAD"}); }

  /// Nothing of a sync is left, and git is in the middle of nothing.
  void expect_at_rest(const std::string& folder) const {
    for (const char* name :
         {"smbatcher-sync", "claudetools-sync.lock", "index.lock", "rebase-merge", "rebase-apply", "MERGE_HEAD"}) {
      EXPECT_FALSE(dir_.exists(folder + "/.git/" + name)) << folder << ": " << name;
    }
    EXPECT_EQ(git(folder, {"symbolic-ref", "HEAD"}), "refs/heads/main\n");
    EXPECT_EQ(git(folder, {"fsck", "--no-dangling", "--no-progress"}), "");
  }

 private:
  TempDir dir_;
};

}  // namespace smbatcher::test
