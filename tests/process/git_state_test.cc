#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/queue_facts.h"
#include "tests/process/worker_support.h"
#include "tests/support/variants.h"
#include "tests/support/violations.h"

// What plain git does to a work tree takes no claim away and gives none twice.

namespace smbatcher::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

namespace fs = std::filesystem;

class GitState : public ::testing::Test {
 protected:
  GitState() {
    write_outputs(sandbox_, sites_);
    git({"init", "-q", "-b", "main"});
    git({"add", "-A"});
    git({"commit", "-q", "-m", "queue"});
  }

  const Sandbox& sandbox() const { return sandbox_; }
  std::string git(const std::vector<std::string>& args) const { return sandbox_.git(args); }
  Json claim(const std::string& owner) const { return json(sandbox_.run("find-next", {"--claim", "--owner", owner})); }
  /// Three owners, each on the branch where the one before has committed all there is. With `variant`, they claim with
  /// a tool of that build.
  void claim_on_two_branches(const std::string& variant = "") const {
    const auto batch_of = [&](const std::string& owner) {
      const Command call = sandbox_.command("find-next", {"--claim", "--owner", owner});
      return text_of(json(test::run(variant.empty() ? call : in_variant(variant, call))), "batch");
    };
    std::set<std::string> batches;
    git({"checkout", "-q", "-b", "f"});
    batches.insert(batch_of("anna"));
    git({"add", "-A"});
    git({"commit", "-q", "-m", "f"});
    git({"checkout", "-q", "main"});
    batches.insert(batch_of("ben"));
    git({"add", "-A"});
    git({"commit", "-q", "-m", "m"});
    git({"checkout", "-q", "f"});
    batches.insert(batch_of("cleo"));
    EXPECT_EQ(batches, (std::set<std::string>{"001", "002", "003"})) << "a batch was given twice";
    EXPECT_THAT(git({"ls-files", ".smbatcher"}), Not(HasSubstr("state/"))) << "git has the state";
  }
  void commit_an_ignore_file_without_rules() const {
    sandbox_.dir().write(".smbatcher/.gitignore", "# nothing\n");
    git({"add", "-A"});
    git({"commit", "-q", "-m", "ignore file"});
  }
  void expect_held(const std::string& batch, const Json& claim) const {
    expect_ok(sandbox_.run("check-claim", {"--batch", batch, "--token", std::to_string(number_of(claim, "token"))}),
              "OK:held");
  }
  static bool says(const Json& answer, const std::string& code) {
    const Json* const warnings = answer.find("warnings");
    return warnings != nullptr && warnings->dump().find('"' + code + '"') != std::string::npos;
  }

 private:
  std::vector<Sandbox::Site> sites_ = fleet(3, 1, "O");
  Sandbox sandbox_{sites_};
};

TEST_F(GitState, AddedOnTwoBranchesAClaimIsGivenToOneOwnerOnly) { claim_on_two_branches(); }

TEST_F(GitState, AddedOnTwoBranchesWhoseIgnoreFileHasNoRulesAClaimIsGivenToOneOwnerOnly) {
  commit_an_ignore_file_without_rules();
  claim_on_two_branches();
}

TEST_F(GitState, CheckFindsAStateThatGitTracks) {
  commit_an_ignore_file_without_rules();
  const auto found = violations_of([&] { claim_on_two_branches("state_in_git"); });
  EXPECT_THAT(found, Contains(HasSubstr("a batch was given twice"))) << summary(found);
  EXPECT_THAT(found, Contains(HasSubstr("git has the state"))) << summary(found);
}

TEST_F(GitState, OutlivesWhatGitDoesToUntrackedAndIgnoredFiles) {
  const Json anna = claim("anna");
  const std::string batch = text_of(anna, "batch");
  const std::vector<std::vector<std::string>> steps{{"stash", "-u", "-q"},
                                                    {"stash", "pop", "-q"},
                                                    {"clean", "-fdq"},
                                                    {"checkout", "-q", "-b", "other"},
                                                    {"rebase", "-q", "--autostash", "main"},
                                                    {"reset", "-q", "--hard"},
                                                    {"worktree", "add", "-q", "side"}};
  for (const auto& step : steps) {
    SCOPED_TRACE(step.front());
    git(step);
    expect_held(batch, anna);
    expect_fail(sandbox().run("find-next", {"--claim", "--batch", batch, "--owner", "ben", "--format", "text"}),
                "FAIL:held:anna");
  }
}

TEST_F(GitState, IsIgnoredThoughABranchHasAnotherIgnoreFile) {
  const Json anna = claim("anna");
  sandbox().dir().write(".smbatcher/.gitignore", "# nothing\n");
  fs::remove(sandbox().dir().at(".smbatcher/state/.gitignore"));
  expect_ok(sandbox().run("heartbeat", {"--owner", "anna"}), "OK:renewed");
  git({"add", "-A"});
  EXPECT_THAT(git({"ls-files", ".smbatcher"}), Not(HasSubstr("state/")));
  expect_held(text_of(anna, "batch"), anna);
}

TEST_F(GitState, AfterCleaningEverythingNoClaimIsGivenTwiceAndItsHolderGoesOn) {
  const Json anna = claim("anna");
  const std::string batch = text_of(anna, "batch");
  const std::string token = std::to_string(number_of(anna, "token"));
  git({"clean", "-fdxq"});
  ASSERT_FALSE(sandbox().dir().exists(".smbatcher/state"));
  const Json ben = claim("ben");
  EXPECT_NE(text_of(ben, "batch"), batch);
  EXPECT_GT(number_of(ben, "token"), number_of(anna, "token"));
  EXPECT_TRUE(says(ben, "state_lost")) << ben.dump();
  EXPECT_FALSE(says(claim("cleo"), "state_lost"));
  const ProcessResult refused = sandbox().run("heartbeat", {"--batch", batch, "--token", token});
  expect_fail(refused, "FAIL:stale_claim:unknown");
  EXPECT_THAT(refused.out, HasSubstr("--claim --batch " + batch + " --token " + token));
  const Json again = json(sandbox().run("find-next", {"--claim", "--batch", batch, "--token", token}));
  EXPECT_GT(number_of(again, "token"), number_of(ben, "token"));
  expect_fail(sandbox().run("find-next", {"--claim", "--batch", batch, "--owner", "ben", "--format", "text"}),
              "FAIL:owner_busy");
  expect_ok(sandbox().run("implement-complete", {"--batch", batch, "--token", token}), "OK:marked_complete");
}

TEST_F(GitState, ACommandUnderALeaseGoesOnWhenEverythingIsCleaned) {
  const Json anna = claim("anna");
  const std::string batch = text_of(anna, "batch");
  const std::string token = std::to_string(number_of(anna, "token"));
  const std::string script = "git -C " + sandbox().dir().path() + " clean -fdxq && test ! -e " +
                             sandbox().dir().at(".smbatcher/state") + " && exit 7";
  const ProcessResult result =
      sandbox().run("with-lease", {"--batch", batch, "--token", token, "--", "sh", "-c", script});
  EXPECT_EQ(result.status, 7) << result.out;
  expect_fail(sandbox().run("find-next", {"--claim", "--batch", batch, "--owner", "ben", "--format", "text"}),
              "FAIL:held:anna");
}

TEST(GitStateOfAWorker, IsMadeAgainAndItsClaimTakenAgainWhileItRuns) {
  const Fleet fleet(fleet_of(2, 2, "O"));
  const std::string remove = "rm -rf \"$(dirname \"$SMBATCHER_REGISTRY\")/state\"; ";
  const ProcessResult result = fleet.run(remove + kBuild);
  EXPECT_EQ(result.status, 0) << result.out;
  EXPECT_THAT(result.out, HasSubstr("OK:batch_complete:001\n"));
  EXPECT_EQ(fleet.sandbox().status_of("a1.example"), "I");
  EXPECT_EQ(fleet.sandbox().status_of("b1.example"), "I");
  EXPECT_EQ(fleet.sandbox().status_of("a2.example"), "O");
}

/// Root writes into any folder: there, the caller is another user, who owns all but `.git`.
TEST_F(GitState, WorksWhereTheGitFolderIsReadOnly) {
  const std::string top = sandbox().dir().path();
  Command call = sandbox().command("find-next", {"--claim", "--owner", "anna"});
  const TempDir bin;
  if (::geteuid() == 0) {
    fs::permissions(bin.path(), fs::perms(0755));
    fs::copy_file(tool_path("find-next"), bin.at("find-next"));
    call.argv[0] = bin.at("find-next");
    call.argv.insert(call.argv.begin(), {"setpriv", "--reuid=4301", "--regid=4301", "--clear-groups"});
    ASSERT_EQ(test::run({.argv = {"chown", "-R", "4301:4301", top}}).status, 0);
    ASSERT_EQ(test::run({.argv = {"chown", "-R", "0:0", top + "/.git"}}).status, 0);
  }
  fs::permissions(top + "/.git", fs::perms(0555));
  const ProcessResult claimed = test::run(call);
  fs::permissions(top + "/.git", fs::perms(0755));
  EXPECT_EQ(claimed.status, 0) << claimed.out << claimed.err;
  expect_held(text_of(json(claimed), "batch"), json(claimed));
}

TEST_F(GitState, ThatIsTrackedIsTold) {
  claim("anna");
  EXPECT_THAT(sandbox().run("check-registry").out, Not(HasSubstr("state_tracked")));
  git({"add", "-f", ".smbatcher/state/history.jsonl"});
  const Json told = json(sandbox().run("check-registry", {"--format", "json"}));
  EXPECT_TRUE(says(told, "state_tracked")) << told.dump();
  EXPECT_THAT(told.dump(), HasSubstr("rm -r --cached"));
}

}  // namespace
}  // namespace smbatcher::test
